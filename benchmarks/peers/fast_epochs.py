"""Ours by hand, with ARITHMETIC=fast: in a process of its own, since libraries read it early."""

import time

import torch
from epochs import Arrays, Test, Train, answer

from benchmarks.ours import begin
from stages.pipeline.memory import keep_freed_memory
from stages.training.device import reproducible_device
from stages.training.loop import accuracy
from stages.training.models import MODELS, OPTIMIZERS

Tensors = tuple[torch.Tensor, torch.Tensor]


def as_tensors(part: Arrays) -> Tensors:
    """Return a part with its images as bytes, as our loop takes them."""
    images, targets = part
    return torch.tensor(images), torch.tensor(targets, dtype=torch.int64)


def make(sizes: list[int], train_set: Tensors, test_set: Tensors) -> tuple[Train, Test]:
    """Return an epoch of a new model, and its accuracy on the test set."""
    kind = "mlp" if len(sizes) > 2 else "softmax"
    by_hand = MODELS[kind, "scratch"], OPTIMIZERS["scratch"]
    model, epoch = begin(*by_hand, sizes, train_set, torch.float32)

    def train() -> tuple[float, float, float]:
        start = time.perf_counter()
        done = epoch()
        return time.perf_counter() - start, done.train_loss, done.train_acc

    return train, lambda: accuracy(model, *test_set)


if __name__ == "__main__":
    keep_freed_memory()
    reproducible_device(threads=None)
    answer(make, as_tensors)
