"""Ours by hand, with ARITHMETIC=fast: in a process of its own, since libraries read it early."""

import time

import numpy as np
import torch
from epochs import BATCH_SIZE, LR, STD, Arrays, Test, Train, answer

from stages.pipeline.memory import keep_freed_memory
from stages.training.device import reproducible_device
from stages.training.loop import accuracy, train
from stages.training.models import MODELS, OPTIMIZERS


def make(sizes: list[int], train_set: Arrays, test_set: Arrays) -> tuple[Train, Test]:
    """Return an epoch of a new model, and its accuracy on the test set."""
    train_set, test_set = (
        (torch.from_numpy((255 * images).round().astype(np.uint8)), torch.from_numpy(t))
        for images, t in (
            (part[0], part[1].astype(np.int64)) for part in (train_set, test_set)
        )
    )
    generator = torch.Generator().manual_seed(0)
    kind = "mlp" if len(sizes) > 2 else "softmax"
    model = MODELS[kind, "scratch"](sizes, STD, torch.float32, generator)
    optimizer = OPTIMIZERS["scratch"](model, LR)
    few = tuple(tensor[:1] for tensor in test_set)

    def epoch() -> tuple[float, float, float]:
        start = time.perf_counter()
        epochs = train(
            model,
            optimizer,
            train_set,
            few,
            epochs=1,
            batch_size=BATCH_SIZE,
            generator=generator,
        )
        (done,) = epochs
        return time.perf_counter() - start, done.train_loss, done.train_acc

    return epoch, lambda: accuracy(model, *test_set)


if __name__ == "__main__":
    keep_freed_memory()
    reproducible_device(threads=None)
    answer(make)
