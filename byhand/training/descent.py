"""Gradient descent as a model's block says, from a seed."""

import itertools
import math
from collections.abc import Callable
from functools import partial
from importlib import import_module

import torch
from torch import Tensor, nn

from byhand.pipeline.errors import UserError
from byhand.training import models
from byhand.training.bases import GradientModel
from byhand.training.batches import take
from byhand.training.device import enough_memory, reproducible_device
from byhand.training.epoch import Epoch
from byhand.training.loop import Tally, measure, on_device, train
from byhand.training.ranks import ALONE, JointSteps, Ranks
from byhand.training.rooms import find, ways_of_our_loop
from byhand.training.settings import Train
from byhand.training.stopping import EarlyStopping

# what batches are made by, and which epoch is the last; all else of a recipe moves weights
BATCHES = {"batch_size", "shuffle", "drop_last"}
OF_EPOCHS = {"patience", "validation_fraction"}


@enough_memory()
def start(
    block: GradientModel, dataset, seed: int, ranks: Ranks = ALONE
) -> tuple[object, Callable[..., Epoch]]:
    """Return a model and a function that trains it; see `byhand.training.start`."""
    device = reproducible_device(block.threads)
    generator = torch.Generator().manual_seed(seed)
    classes = len(dataset.class_names)
    model = models.build(block, dataset.shape, classes, device, generator)
    torch.manual_seed(seed + ranks.rank)  # the rows of a rank have masks of their own
    if block.how in ways_of_our_loop(block.kind):
        run = partial(by_our_loop, model, block, dataset, generator, ranks)
    else:
        run = partial(by_a_library, model, block, dataset, generator)
    return model, partial(train_to_the_end, model, block, run)


@enough_memory()
def train_to_the_end(
    model,
    block: GradientModel,
    run: Callable[[Callable[[Epoch], bool]], None],
    watch: Callable[[Epoch], object] = lambda epoch: None,
) -> Epoch:
    """Train a model as long as its loss is finite and early stopping does not end it.

    Args:
        run: trains until the function that it is given, with each epoch, returns False.
        watch: sees each epoch as soon as the epoch is over.
    """
    stopping = EarlyStopping(model, block.patience) if block.patience else None
    last = None

    def goes_on(epoch: Epoch) -> bool:
        nonlocal last
        for loss in (epoch.train_loss, epoch.validation_loss or 0):
            if not math.isfinite(loss):
                raise UserError(
                    f"training diverged: the loss of epoch {epoch.epoch} is {loss}; "
                    f"lower the learning rate, now {block.lr}"
                )
        watch(epoch)
        last = epoch
        return not (stopping and stopping.is_over(epoch))

    run(goes_on)
    return stopping.go_back() if stopping else last


def by_our_loop(
    model,
    block: GradientModel,
    dataset,
    generator: torch.Generator,
    ranks: Ranks,
    goes_on: Callable[[Epoch], bool],
) -> None:
    """Train a model of a room with a sgd.py, until `goes_on` says that an epoch is the last."""
    optimizer = find(block.how, "sgd")(model, **recipe(block))
    if ranks != ALONE:
        if isinstance(model, nn.Module) and list(model.buffers()):
            raise UserError(
                f"{block.how}/{block.kind}.py has buffers, such as the statistics of batch "
                "normalisation, which ranks can't share; expected parameters alone"
            )
        weights = [parameter.detach() for _, parameter in model.named_parameters()]
        device = weights[0].device
        ranks.agree(
            settings=[block.model_dump_json().encode(), device.type.encode()],
            data=dataset.train,
            weights=[weight.cpu().numpy() for weight in weights],
        )
        if device.type == "cuda":
            ranks.refuse_shared_gpu(str(torch.cuda.get_device_properties(device).uuid))
        optimizer = JointSteps(optimizer, ranks)
    sets = dataset.train, dataset.test, dataset.validation
    batches = block.model_dump(include=BATCHES) | {"generator": generator}
    for epoch in train(model, optimizer, *sets, epochs=block.epochs, **batches):
        if not goes_on(epoch):
            break


def by_a_library(
    model,
    block: GradientModel,
    dataset,
    generator: torch.Generator,
    goes_on: Callable[[Epoch], bool],
) -> None:
    """Train a model of a room with a loop of its own, in descent.py, as above.

    A UserError refuses several GPUs: the library would give each its own batches.
    """
    descent = import_module(f"byhand.{block.how}.descent")  # takes seconds
    device = next(model.parameters()).device
    if device.type == "cuda" and torch.cuda.device_count() > 1:
        raise UserError(
            f"how: {block.how} takes all {torch.cuda.device_count()} GPUs that it sees, "
            "expected one: set CUDA_VISIBLE_DEVICES=0, say, and DEVICE=cuda"
        )
    features, targets = on_device(dataset.train, device)
    test_set = on_device(dataset.test, device)
    validation_set = on_device(dataset.validation or [], device)
    dtype = getattr(torch, block.dtype)
    tally, numbers = Tally(device), itertools.count(1)

    def on_batch(loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        tally.add(loss, logits, labels)
        tally.count(len(labels))

    descent.train(
        model,
        descent.Images(
            len(targets), lambda rows: take(rows.to(device), features, targets, dtype)
        ),
        **recipe(block),
        **block.model_dump(include=BATCHES),
        generator=generator,
        on_batch=on_batch,
        on_epoch=lambda model: goes_on(
            tally.epoch(next(numbers), *measure(model, test_set, validation_set))
        ),
    )


def recipe(block: GradientModel) -> dict:
    """Return what moves a model's weights: lr, momentum and so on."""
    return block.model_dump(include={*Train.model_fields} - OF_EPOCHS)
