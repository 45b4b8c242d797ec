"""Several processes that train one model together, on one machine or on many.

WORLD_SIZE says how many; torchrun sets it, with the other variables of torch.distributed.
Each process, a rank, holds the data and the model, and computes every WORLD_SIZE-th row of a
batch. Then all ranks take the step that one process would take.
"""

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from byhand.pipeline.environment import whole_number
from byhand.pipeline.errors import UserError, first_line
from byhand.training.blocks import Model
from byhand.training.rooms import ways_of_our_loop

if TYPE_CHECKING:
    from torch import Tensor

SECONDS = 300  # that a rank waits for another; RANKS_TIMEOUT says otherwise
MAX_WORLD = 1024


class Ranks(NamedTuple):
    """How many processes train, and which of them this is."""

    rank: int = 0
    world: int = 1

    def agree(self, **parts: Iterable[bytes | np.ndarray]) -> None:
        """Compare parts that must be the same on every rank, by their digests.

        Raises:
            UserError: a part differs from rank 0's.
        """
        of_all = self.digests(
            b"".join(np.asarray(buffer).tobytes() for buffer in part)
            for part in parts.values()
        )
        for rank, theirs in enumerate(of_all):
            for part, digest, first in zip(parts, theirs, of_all[0], strict=True):
                if digest != first:
                    raise UserError(
                        f"rank {rank} has other {part} than rank 0, expected the same"
                    )

    def refuse_shared_gpu(self, uuid: str) -> None:
        """Compare the GPUs that the ranks compute on.

        uuid: of this rank's GPU.

        Raises:
            UserError: two ranks compute on one GPU, which would be slow.
        """
        of_all = self.digests([uuid.encode()])
        for rank, digest in enumerate(of_all):
            if (first := of_all.index(digest)) < rank:
                raise UserError(
                    f"ranks {first} and {rank} compute on the same GPU, expected one each: "
                    "set DEVICE=cuda:N for each process"
                )

    def digests(self, contents: Iterable[bytes]) -> list[list[list[int]]]:
        """Return, for each rank, the digest of each of its contents."""
        import torch
        import torch.distributed as dist

        digests = [[*hashlib.sha256(content).digest()] for content in contents]
        own = torch.tensor(digests, dtype=torch.uint8)
        of_all = [torch.empty_like(own) for _ in range(self.world)]
        with self.talking():
            dist.all_gather(of_all, own)
        return [theirs.tolist() for theirs in of_all]

    def add_up(self, tensors: list["Tensor"]) -> None:
        """Put in each tensor's place its sum over all ranks, by one message."""
        import torch
        import torch.distributed as dist

        message = torch.cat([tensor.flatten() for tensor in tensors])
        with self.talking():
            dist.all_reduce(message)
        parts = message.split([tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))

    @contextmanager
    def talking(self) -> Iterator[None]:
        """Turn a lost connection into a sentence."""
        try:
            yield
        except RuntimeError as error:  # torch.distributed has no other
            raise UserError(
                f"rank {self.rank} of {self.world} lost the others: {first_line(error)}"
            ) from error


ALONE = Ranks()


class JointSteps:
    """Steps of an optimizer that all ranks take together.

    Each rank takes every world-th row of a batch. The gradients of all rows are averaged,
    so that every rank takes the step that one process alone would take.
    """

    def __init__(self, optimizer, ranks: Ranks):
        self.optimizer, self.ranks = optimizer, ranks
        self.end_epoch = optimizer.end_epoch

    def step(self, features: "Tensor", targets: "Tensor") -> tuple["Tensor", "Tensor"]:
        """Take one step, and return the loss and the logits of the whole batch."""
        own = slice(self.ranks.rank, None, self.ranks.world)
        loss, own_logits = self.optimizer.backward(features[own], targets[own])
        logits = own_logits.new_zeros(len(targets), own_logits.shape[1])
        logits[own] = own_logits
        share = len(own_logits) / len(targets)  # ranks may have unequally many rows
        gradients = self.optimizer.gradients
        self.ranks.add_up([gradient.mul_(share) for gradient in gradients])
        self.optimizer.update()
        self.ranks.add_up([loss.mul_(share), logits])
        return loss, logits


@contextmanager
def met(name: str, block: Model, rows: int) -> Iterator[Ranks]:
    """Meet the other ranks, if WORLD_SIZE counts more than one, and part at the end.

    rows is how many train. A UserError says that a variable is wrong, or that a rank did
    not come in time.
    """
    world = whole_number("WORLD_SIZE", 1, MAX_WORLD, default=1)
    if world == 1:
        yield ALONE
        return
    by_our_loop = ways_of_our_loop(block.kind)
    if block.how not in by_our_loop:
        raise UserError(
            f"WORLD_SIZE={world} is for models by {', '.join(by_our_loop) or 'our loop'}; "
            f"models.{name} is by {block.how}"
        )
    last = block.last_batch(rows)
    if last < world:
        raise UserError(
            f"WORLD_SIZE={world} needs a row a rank in every batch, models.{name} has one "
            f"of {last}"
        )
    if whole_number("RANK", 0, world - 1) > 0:
        logging.disable(logging.INFO)  # all ranks would say the same
    whole_number("MASTER_PORT", 1, 2**16 - 1)
    timeout = whole_number("RANKS_TIMEOUT", 1, 10**6, default=SECONDS)
    # keeps a stack of C++ out of the log; PyTorch reads this at import, just below
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
