"""Several processes that train one model together, on one machine or on many.

WORLD_SIZE says how many; torchrun sets it and what else torch.distributed wants to know,
and so can anyone. Each process, a rank, holds the data and the model, and takes every
WORLD_SIZE-th row of a batch. Their gradients are added up row by row, whatever a rank's
share, and all take the step that one process alone would take.
"""

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stages.pipeline.environment import whole_number
from stages.pipeline.errors import UserError
from stages.training.blocks import Model

if TYPE_CHECKING:
    from torch import Tensor

SECONDS = 300  # that a rank waits for another; RANKS_TIMEOUT says otherwise
MAX_WORLD = 1024
BY_OUR_LOOP = ("scratch", "autograd", "torch")


class Ranks(NamedTuple):
    """How many processes train, and which of them this is."""

    rank: int = 0
    world: int = 1

    def agree(self, **parts: Iterable[bytes | np.ndarray]) -> None:
        """Compare what must be the same on every rank, by its digest.

        Args:
            parts: by name, what it lies in memory as.

        Raises:
            UserError: a rank has another than rank 0.
        """
        import torch
        import torch.distributed as dist

        digests = [[*digest(part)] for part in parts.values()]
        own = torch.tensor(digests, dtype=torch.uint8)
        of_all = [torch.empty_like(own) for _ in range(self.world)]
        with self.talking():
            dist.all_gather(of_all, own)
        for rank, theirs in enumerate(of_all):
            for part, same in zip(parts, (theirs == of_all[0]).all(dim=1), strict=True):
                if not same:
                    raise UserError(
                        f"rank {rank} has other {part} than rank 0, expected the same"
                    )

    def add_up(self, tensor: "Tensor") -> "Tensor":
        """Return a tensor's sum over all ranks, which takes its place."""
        if self.world > 1:
            import torch.distributed as dist

            with self.talking():
                dist.all_reduce(tensor)
        return tensor

    @contextmanager
    def talking(self) -> Iterator[None]:
        """Say in a sentence that another rank fell silent."""
        try:
            yield
        except RuntimeError as error:  # torch.distributed has no other
            raise UserError(
                f"rank {self.rank} of {self.world} lost the others: {first_line(error)}"
            ) from error


ALONE = Ranks()


class JointSteps:
    """An optimizer whose steps are those that the rows of all ranks ask for.

    Args:
        optimizer: one by hand, which asks its model for gradients, or on torch.optim.
        ranks: that take steps together.
    """

    def __init__(self, optimizer, ranks: Ranks):
        self.optimizer, self.ranks = optimizer, ranks
        self.model = optimizer.model
        if hasattr(self.model, "learn"):
            optimizer.model = self
        else:
            optimizer.optimizer.register_step_pre_hook(self.before_step)

    def step(self, features: "Tensor", targets: "Tensor") -> tuple["Tensor", "Tensor"]:
        """Take one step, and return the loss and the logits of this rank's rows."""
        self.rows = len(targets)
        return self.optimizer.step(features, targets)

    def end_epoch(self) -> None:
        """Go on to the next epoch's learning rate."""
        self.optimizer.end_epoch()

    def learn(self, features: "Tensor", targets: "Tensor"):
        """Return what a model by hand does, its gradients those of all ranks' rows.

        The loss, a scalar, and the logits (rows, classes) are of this rank's rows.
        """
        loss, logits, gradients = self.model.learn(features, targets)
        self.average(gradients)
        return loss, logits, gradients

    def before_step(self, *_) -> None:
        """Give the parameters of a torch.nn.Module the gradients of all ranks' rows."""
        self.average([parameter.grad for parameter in self.model.parameters()])

    def average(self, gradients: list["Tensor"]) -> None:
        """Put in each gradient's place its mean over the rows of all ranks.

        All in one message, with the number of rows at its end. A mean of the ranks' means
        is another where their rows are not equally many.
        """
        import torch

        one = gradients[0].new_ones(1)
        message = torch.cat([*(g.flatten() for g in gradients), one])
        self.ranks.add_up(message.mul_(self.rows))
        means = message[:-1].div_(message[-1])
        parts = means.split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))


def joint(optimizer, ranks: Ranks):
    """Return an optimizer whose steps are those of all ranks."""
    return optimizer if ranks == ALONE else JointSteps(optimizer, ranks)


@contextmanager
def met(name: str, block: Model, rows: int) -> Iterator[Ranks]:
    """Meet the other ranks, if WORLD_SIZE counts more than one, and part at the end.

    Args:
        name: of the model.
        block: the model's.
        rows: that train.

    Raises:
        UserError: what the environment says can't be, or a rank did not come in time.
    """
    world = whole_number("WORLD_SIZE", 1, MAX_WORLD, default=1)
    if world == 1:
        yield ALONE
        return
    if block.how not in BY_OUR_LOOP:
        raise UserError(
            f"WORLD_SIZE={world} is for models by {', '.join(BY_OUR_LOOP)}; "
            f"models.{name} is by {block.how}"
        )
    last = block.last_batch(rows)
    if last < world:
        raise UserError(
            f"WORLD_SIZE={world} needs a row a rank in every batch, models.{name} has one "
            f"of {last}"
        )
    if whole_number("RANK", 0, world - 1) > 0:
        logging.disable(logging.INFO)  # they all would say the same
    whole_number("MASTER_PORT", 1, 2**16 - 1)
    timeout = whole_number("RANKS_TIMEOUT", 1, 10**6, default=SECONDS)
    # else it writes a stack of C++; PyTorch reads this when it is loaded, just below
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "FATAL")

    import torch.distributed as dist

    try:
        dist.init_process_group("gloo", timeout=timedelta(seconds=timeout))
    except (RuntimeError, ValueError) as error:
        raise UserError(
            f"the {world} ranks of WORLD_SIZE did not meet: {first_line(error)}"
        ) from error
    try:
        yield Ranks(dist.get_rank(), world)
    finally:
        dist.destroy_process_group()


def digest(buffers: Iterable[bytes | np.ndarray]) -> bytes:
    """Return the SHA-256 of what lies in memory."""
    sha256 = hashlib.sha256()
    for buffer in buffers:
        sha256.update(np.asarray(buffer, order="C"))
    return sha256.digest()


def first_line(error: Exception) -> str:
    """Return what an error says, without the stack that some add in lines of their own."""
    return str(error).partition("\n")[0].rstrip(".")
