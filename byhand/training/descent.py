"""Gradient descent as a model's block says, from a seed."""

import math
from collections.abc import Iterator

import torch
from torch import nn

from byhand.pipeline.errors import UserError
from byhand.training import models
from byhand.training.batches import as_input
from byhand.training.blocks import GradientModel
from byhand.training.device import reproducible_device
from byhand.training.loop import Epoch, Tally, accuracy, on_device, train
from byhand.training.ranks import ALONE, JointSteps, Ranks


def start(block: GradientModel, dataset, seed: int, ranks: Ranks = ALONE):
    """Return a model with its initial weights, and an iterator of epochs that trains it.

    Iterating trains the model in place, one epoch an item; by transformers' Trainer, the
    first item trains it to the end. A UserError ends a training whose loss is not finite.

    Args:
        block: complete, as `load_model` returns it.
        dataset: a Dataset whose rows suit the block.
        seed: of the initial weights, drawn first, of the order of rows, and of what a
            model of torch.nn draws as it learns, such as dropout's masks.
        ranks: the processes that train the model together.
    """
    device = reproducible_device(block.threads)
    generator = torch.Generator().manual_seed(seed)
    classes = len(dataset.class_names)
    model = models.build(block, dataset.shape, classes, device, generator)
    torch.manual_seed(seed + ranks.rank)  # the rows of a rank have masks of their own
    if block.how == "trainer":
        epochs = by_trainer(model, block, dataset, generator)
        return model, while_finite(epochs, block.lr)
    recipe = block.lr, block.momentum, block.schedule, block.epochs
    optimizer = models.find(block.how, "sgd")(model, *recipe)
    if ranks != ALONE:
        if isinstance(model, nn.Module) and list(model.buffers()):
            raise UserError(
                f"{block.how}/{block.kind}.py has buffers, such as the statistics of batch "
                "normalisation, which ranks can't share; expected parameters alone"
            )
        ranks.agree(
            settings=[block.model_dump_json().encode()],
            data=dataset.train,
            weights=[p.detach().cpu().numpy() for _, p in model.named_parameters()],
        )
        optimizer = JointSteps(optimizer, ranks)
    epochs = train(
        model,
        optimizer,
        dataset.train,
        dataset.test,
        epochs=block.epochs,
        batch_size=block.batch_size,
        shuffle=block.shuffle,
        drop_last=block.drop_last,
        generator=generator,
    )
    return model, while_finite(epochs, block.lr)


def by_trainer(
    model, block: GradientModel, dataset, generator: torch.Generator
) -> Iterator[Epoch]:
    """Train a model by transformers' Trainer, and yield its epochs at the end.

    A UserError refuses several GPUs: the Trainer would give each its own batches.
    """
    from byhand.trainer import descent  # takes seconds to import

    device = next(model.parameters()).device
    if device.type == "cuda" and torch.cuda.device_count() > 1:
        raise UserError(
            f"the Trainer takes all {torch.cuda.device_count()} GPUs that it sees, expected "
            "one: set CUDA_VISIBLE_DEVICES=0, say, and DEVICE=cuda"
        )
    features, targets = on_device(dataset.train, device)
    test_set = on_device(dataset.test, device)
    dtype = getattr(torch, block.dtype)
    tally, epochs = Tally(device), []

    def on_epoch(model) -> bool:
        epochs.append(tally.epoch(len(epochs) + 1, accuracy(model, *test_set)))
        return math.isfinite(epochs[-1].train_loss)

    recipe = ("lr", "epochs", "momentum", "schedule")
    batches = ("batch_size", "shuffle", "drop_last")
    descent.train(
        model,
        descent.Images(
            len(targets), lambda rows: (as_input(features[rows], dtype), targets[rows])
        ),
        **block.model_dump(include={*recipe, *batches}),
        generator=generator,
        on_batch=tally.add,
        on_epoch=on_epoch,
    )
    yield from epochs


def while_finite(epochs: Iterator[Epoch], lr: float) -> Iterator[Epoch]:
    """Yield epochs as long as their loss is finite."""
    for epoch in epochs:
        if not math.isfinite(epoch.train_loss):
            raise UserError(
                f"training diverged: the loss of epoch {epoch.epoch} is "
                f"{epoch.train_loss}; lower the learning rate, now {lr}"
            )
        yield epoch
