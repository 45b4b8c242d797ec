"""What a device lacks is one sentence: the GPU itself, one for each process, or memory."""

import pytest
import torch

from byhand.pipeline.errors import UserError
from byhand.training.device import current_gpu, enough_memory, reproducible_device


@pytest.fixture(autouse=True)
def settings_last_for_a_test(monkeypatch):
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode("default")


@pytest.mark.parametrize("number", [1, 7])
def test_a_gpu_that_is_not_there_is_refused(monkeypatch, number):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setenv("DEVICE", f"cuda:{number}")
    with pytest.raises(UserError) as refused:
        reproducible_device()
    assert str(refused.value) == (
        f"DEVICE=cuda:{number} can't be used here: there is no cuda:{number}, the last GPU "
        "is cuda:0"
    )


@pytest.mark.parametrize(
    ("local_rank", "gpus", "expected"),
    [("0", 2, 0), ("1", 2, 1), ("1", 1, 0), ("3", 2, 1)],
)
def test_each_process_of_torchrun_takes_a_gpu(monkeypatch, local_rank, gpus, expected):
    chosen = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv("LOCAL_RANK", local_rank)
    assert current_gpu(None) == torch.device("cuda", expected)
    assert chosen == [expected]


def test_what_cuda_says_is_cut_to_its_first_line(monkeypatch):
    def refuse(index):
        raise RuntimeError("CUDA error: unknown error\nCUDA kernel errors might …")

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "set_device", refuse)
    monkeypatch.setenv("DEVICE", "cuda")
    with pytest.raises(UserError, match="used here: CUDA error: unknown error$"):
        reproducible_device()


def lack_on_the_gpu():
    raise torch.OutOfMemoryError(
        "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of"
    )


def lack_in_cublas():
    raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED\nwhen calling …")


def lack_on_the_cpu():
    torch.empty(10**14)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lack_on_the_gpu, "PyTorch asked for 20.00 GiB more"),
        (lack_in_cublas, "CUDA error: CUBLAS_STATUS_ALLOC_FAILED"),
        (lack_on_the_cpu, "PyTorch asked for 400000000000000 bytes more"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(call, why):
    with pytest.raises(UserError) as refused, enough_memory():
        call()
    assert str(refused.value) == (
        f"there is not enough memory for the model, its data and a batch: {why}; a "
        "smaller model, or in training a smaller batch_size, needs less"
    )


def test_a_bug_of_ours_is_no_lack_of_memory():
    with pytest.raises(RuntimeError, match="shapes differ"), enough_memory():
        raise RuntimeError("shapes differ")
