"""A stand-in for CUDA graphs on the CPU: it records a call's operations, and replays them."""

from contextlib import ExitStack

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

READS_BACK = torch.ops.aten._local_scalar_dense.default


class Recorder(TorchDispatchMode):
    """Notes each operation with its tensors; `replay` runs them again, to the same memory.

    As on a GPU, what is recorded does not run: tensors that it wrote to get their numbers
    back. A number that Python reads ends the recording.
    """

    def __init__(self):
        super().__init__()
        self.calls, self.written = [], []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if function is READS_BACK:
            raise RuntimeError("CUDA error: operation not permitted\nwhen capturing")
        for place, argument in enumerate(function._schema.arguments):
            writes = argument.alias_info and argument.alias_info.is_write
            # batch norm's schema does not say that these are written to
            if writes or argument.name in ("running_mean", "running_var"):
                given = args[place] if place < len(args) else kwargs[argument.name]
                self.written += [
                    (tensor, tensor.clone()) for tensor in tree_leaves(given)
                ]
        outputs = function(*args, **kwargs)
        self.calls.append((function, args, kwargs, outputs))
        return outputs

    def take_back(self):
        with torch.no_grad():
            for tensor, before in reversed(self.written):
                tensor.copy_(before)

    def replay(self):
        with torch.no_grad():
            for function, args, kwargs, outputs in self.calls:
                again = tree_leaves(function(*args, **kwargs))
                for kept, new in zip(tree_leaves(outputs), again, strict=True):
                    if isinstance(kept, torch.Tensor):
                        kept.copy_(new)


def record(call):
    """Do what replay.record does, for the CPU."""
    recorder, state = Recorder(), torch.get_rng_state()
    with ExitStack() as afterwards:
        afterwards.callback(torch.set_rng_state, state)
        afterwards.callback(recorder.take_back)
        with recorder:
            call()
    return recorder


class Watch(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.waited = getattr(self, "waited", False) or function is READS_BACK
        return function(*args, **(kwargs or {}))


def reads_back(call):
    """Do what replay.reads_back does, for the CPU."""
    with Watch() as watch:
        call()
    return watch.waited
