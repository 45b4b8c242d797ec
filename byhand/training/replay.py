"""Records a training step as a CUDA graph. Python then starts one graph a step, instead of 30
to 170 operations.

A step of a small model is many small operations. Starting one from Python takes longer than
the GPU needs for it. A CUDA graph holds the operations of a step with the addresses of their
tensors. Replaying the graph starts all of them at once, and gives the same bytes. On an H200,
a prototype took an epoch of the perceptron from 376 to 42 ms, and of LeNet from 2251 to 257.

A graph has fixed shapes, so each batch size has its own. A step can be recorded if it

- keeps what changes from step to step in tensors on the GPU, and changes them in place.
  Python's numbers are constants of a graph. If a number of the optimizer changes between
  epochs, such as the learning rate by a schedule, the step is recorded again;
- reads no number back from the GPU, draws no random number on the CPU, and has no shape that
  depends on data.

Any other step runs as it is, and the log says why. REPLAY=0 switches replaying off.
"""

import logging
import random
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.pipeline.errors import first_line
from byhand.training.ranks import JointSteps

log = logging.getLogger(__name__)
READ_BACK = "called a synchronizing CUDA operation"


class Replay:
    """Takes training steps.

    The first step of each batch size runs as it is, because cuBLAS and cuDNN set themselves
    up in it. The second is watched for what can't be recorded. The third is recorded, and
    replayed from then on.

    Args:
        learn: takes a step by the numbers of its rows, (batch_size,), int64, on the GPU.
        optimizer: takes the step within `learn`; has the model, if not in `learn` alone.
        device: of the model.
    """

    def __init__(
        self, learn: Callable[[Tensor], None], optimizer, device: torch.device
    ):
        self.learn, self.optimizer, self.device = learn, optimizer, device
        self.model = getattr(optimizer, "model", None)
        self.steps: Counter[int] = Counter()  # taken, of each batch size
        self.graphs: dict[int, tuple[Tensor, torch.cuda.CUDAGraph]] = {}
        self.constants: list = []  # numbers that the graphs hold
        self.replays = True
        if isinstance(optimizer, JointSteps):
            self.give_up("the processes exchange gradients in each step")

    def __call__(self, rows: Tensor) -> None:
        """Take a step by these rows."""
        self.steps[len(rows)] += 1
        if not self.replays or self.steps[len(rows)] == 1:
            self.learn(rows)
        elif self.steps[len(rows)] == 2:
            self.watch(rows)
        else:
            self.replay(rows)

    def watch(self, rows: Tensor) -> None:
        """Take a step as it is, and see whether a graph can hold it."""
        before, drawn = self.numbers(self.model), random_places()
        if reads_back(partial(self.learn, rows)):
            self.give_up("a step reads a number back from the GPU")
        elif self.numbers(self.model) != before:
            self.give_up("a step changes a number that is no tensor on the GPU")
        elif random_places() != drawn:
            self.give_up("a step draws a random number on the CPU")

    def replay(self, rows: Tensor) -> None:
        """Take a step by its graph, which is recorded first if there is none."""
        if (now := self.numbers()) != self.constants:
            self.graphs, self.constants = {}, now
        if len(rows) not in self.graphs:
            self.record(rows)
        if not self.replays:
            return self.learn(rows)
        given, graph = self.graphs[len(rows)]
        given.copy_(rows)
        graph.replay()

    def record(self, rows: Tensor) -> None:
        """Record a step of so many rows, or give up."""
        given = rows.clone()
        try:
            self.graphs[len(rows)] = given, record(partial(self.learn, given))
        except RuntimeError as error:  # PyTorch raises nothing narrower
            self.give_up(first_line(error.__context__ or error))

    def numbers(self, model=None) -> list:
        """Return the numbers within the optimizer, and those within a model, if given."""
        of_optimizer = numbers(self.optimizer, self.device, {id(self.model)})
        return of_optimizer + numbers(model, self.device, set())

    def give_up(self, reason: str) -> None:
        """Run every step as it is from now on."""
        self.replays, self.graphs = False, {}
        log.info("steps are not replayed as CUDA graphs: %s", reason)


def record(call: Callable[[], None]) -> torch.cuda.CUDAGraph:
    """Record the GPU operations of a call as a graph, without running them.

    The graph reads and writes the call's tensors, which must be kept as long as the graph.
    """
    graph = torch.cuda.CUDAGraph()
    # torch.cuda.graph leaves its own stream current if it fails; the outer block restores ours
    with torch.cuda.stream(torch.cuda.current_stream()), torch.cuda.graph(graph):
        call()
    return graph


def reads_back(call: Callable[[], None]) -> bool:
    """Call, and return whether Python waited for a number from the GPU."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            call()
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return any(READ_BACK in str(warning.message) for warning in caught)


def random_places() -> tuple:
    """Return how far Python's and NumPy's random numbers are."""
    return random.getstate(), np.random.get_state()[2]


def numbers(thing: Any, device: torch.device, seen: set[int]) -> list:
    """Return the numbers within an object, at any depth, but for tensors on the device.

    seen: the identities of objects that are left out.
    """
    found, stack = [], [thing]
    while stack:
        value = stack.pop()
        if isinstance(value, int | float):
            found.append(value)
        elif isinstance(value, np.generic | np.ndarray):
            found.append(value.tolist())
        elif isinstance(value, Tensor):
            if value.device != device:
                found.append(value.tolist())
        elif id(value) not in seen:
            seen.add(id(value))
            if isinstance(value, dict):
                stack += value.values()
            elif isinstance(value, list | tuple):
                stack += value
            elif hasattr(value, "__dict__") and not isinstance(
                value, type | ModuleType
            ):
                stack += vars(value).values()
    return found
