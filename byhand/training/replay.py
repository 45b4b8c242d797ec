"""Steps of training as CUDA graphs: a GPU gets one launch a step, instead of 30 to 170.

A step of a small model is many small operations. Starting one from Python takes longer than
the GPU needs for it. A CUDA graph records the operations of a step, with the addresses of
their tensors. Replaying the graph starts all of them at once, and gives the same bytes. On
an H200 an epoch of the perceptron by hand took 376 ms and takes 42, LeNet's 2251 and 257.

A graph has fixed shapes, so each batch size has its own. A step that is recorded

- keeps what changes from step to step in tensors, and changes these in place. Python's
  numbers are constants of a graph. If one of the optimizer's changes from epoch to epoch,
  such as the learning rate by a schedule, the step is recorded again;
- reads no number back from the GPU, and has no shape that depends on data.

Any other step runs as it is, and the log says why. REPLAY=0 switches replaying off.
"""

import logging
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from byhand.pipeline.errors import first_line
from byhand.training.ranks import JointSteps

log = logging.getLogger(__name__)


class Replay:
    """Takes a step by its rows: runs it at first, then records it, and replays it from then on.

    The first step of each batch size runs as it is, since libraries get ready in it. The
    second is watched for what can't be recorded.

    Args:
        learn: takes a step by the numbers of its rows, (batch_size,), int64, on the GPU.
        optimizer: takes the step within `learn`.
    """

    def __init__(self, learn: Callable[[Tensor], None], optimizer):
        self.learn, self.optimizer = learn, optimizer
        self.steps: Counter[int] = Counter()  # taken, of each batch size
        self.graphs: dict[int, tuple[Tensor, torch.cuda.CUDAGraph]] = {}
        self.constants = numbers(optimizer)  # in the graphs
        self.replays = True
        if isinstance(optimizer, JointSteps):
            self.give_up("the processes that train together talk in each step")

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
        before = numbers(self.optimizer)
        waits = reads_back(partial(self.learn, rows))
        if waits:
            self.give_up("a step reads a number back from the GPU")
        elif numbers(self.optimizer) != before:
            self.give_up("a step changes a number of Python's, which is no tensor")

    def replay(self, rows: Tensor) -> None:
        """Take a step by its graph, which is recorded first if there is none."""
        if (now := numbers(self.optimizer)) != self.constants:
            self.graphs, self.constants = {}, now
        if len(rows) not in self.graphs:
            given = rows.clone()
            try:
                graph = record(partial(self.learn, given))
            except RuntimeError as error:  # PyTorch has no other for what CUDA refuses
                self.give_up(first_line(error))
                return self.learn(rows)
            self.graphs[len(rows)] = given, graph
        given, graph = self.graphs[len(rows)]
        given.copy_(rows)
        graph.replay()

    def give_up(self, reason: str) -> None:
        """Run every step as it is from now on."""
        self.replays, self.graphs = False, {}
        log.info("steps are not replayed as CUDA graphs: %s", reason)


def record(call: Callable[[], None]) -> torch.cuda.CUDAGraph:
    """Return what a call starts on the GPU, without running it there."""
    graph = torch.cuda.CUDAGraph()
    # the outer block brings the current stream back, should the recording fail
    with torch.cuda.stream(torch.cuda.current_stream()), torch.cuda.graph(graph):
        call()
    return graph


def reads_back(call: Callable[[], None]) -> bool:
    """Call, and return whether Python waited for a number from the GPU."""
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    said = [str(warning.message) for warning in caught]
    return any("called a synchronizing CUDA operation" in message for message in said)


def numbers(optimizer) -> list[dict[str, float]]:
    """Return the numbers of an optimizer that are not tensors, torch.optim's within it too."""
    parts = [vars(optimizer)]
    for value in vars(optimizer).values():
        parts += getattr(value, "param_groups", [])
    return [
        {name: value for name, value in part.items() if isinstance(value, int | float)}
        for part in parts
    ]
