"""Gradient descent as a model's block says, from a seed."""

import math
from collections.abc import Iterator

import torch

from stages.pipeline.errors import UserError
from stages.training import loop, models
from stages.training.blocks import GradientModel
from stages.training.device import reproducible_device
from stages.training.ranks import ALONE, Ranks


def start(block: GradientModel, dataset, seed: int, ranks: Ranks = ALONE):
    """Return a model with its initial weights, and what trains it.

    The latter is an iterator of `loop.Epoch`, each of which moves the model on (by
    transformers' Trainer, the first moves it to the end); it raises a UserError where the
    loss is no longer finite.

    Args:
        block: complete, as `load_model` returns it.
        dataset: a Dataset whose rows suit the block.
        seed: of the initial weights, drawn first, and of the order of rows.
        ranks: that train it together.
    """
    device = reproducible_device(block.threads)
    generator = torch.Generator().manual_seed(seed)
    classes = len(dataset.class_names)
    model = models.build(block, dataset.shape, classes, device, generator)
    if ranks != ALONE:
        ranks.agree(
            settings=[block.model_dump_json().encode()],
            data=dataset.train,
            weights=[p.detach().cpu().numpy() for _, p in model.named_parameters()],
        )
    if block.how == "trainer":
        from stages.training import trainer

        epochs = trainer.train(model, block, dataset.train, dataset.test, generator)
    else:
        epochs = loop.train(
            model,
            models.optimizer(block, model),
            dataset.train,
            dataset.test,
            epochs=block.epochs,
            batch_size=block.batch_size,
            shuffle=block.shuffle,
            drop_last=block.drop_last,
            generator=generator,
            ranks=ranks,
        )
    return model, while_finite(epochs, block.lr)


def while_finite(epochs: Iterator[loop.Epoch], lr: float) -> Iterator[loop.Epoch]:
    """Yield epochs as long as their loss is finite."""
    for epoch in epochs:
        if not math.isfinite(epoch.train_loss):
            raise UserError(
                f"training diverged: the loss of epoch {epoch.epoch} is "
                f"{epoch.train_loss}; lower the learning rate, now {lr}"
            )
        yield epoch
