"""The benchmark's turns, and its rows that run in a venv of their own."""

import sys
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from benchmarks import products
from benchmarks.measure import in_turn
from benchmarks.peers.rows import SCRIPTS, Peer, start

ECHO = """
print("{}", flush=True)
for line in iter(input, "end"):
    print('{"seconds": 0.25, "cores": 1, "train_loss": 0.79, "train_acc": 0.75,'
          ' "test_acc": 0.8}', flush=True)
"""


def test_without_their_venv_the_peers_are_left_out_and_one_is_told_how_to_get_them(
    tmp_path, capsys
):
    assert start(tmp_path) == []
    assert "make bench-peers" in capsys.readouterr().out


def test_every_peer_is_a_script_that_is_there():
    folder = Path(sys.modules[Peer.__module__].__file__).parent
    assert all((folder / script).exists() for script in SCRIPTS.values())


def test_a_peer_times_itself_and_shows_the_loss_of_its_first_epoch_alone(capsys):
    peer = Peer("echo", [sys.executable, "-c", ECHO], {})
    assert peer.epoch("softmax") == peer.epoch("softmax") == 0.25
    assert capsys.readouterr().out.count("loss 0.79") == 1
    peer.stop()


def test_a_peer_that_ends_is_an_error():
    with pytest.raises(RuntimeError, match="broken ended: 3"):
        Peer("broken", [sys.executable, "-c", "raise SystemExit(3)"], {})


def test_a_row_with_a_clock_of_its_own_is_counted_by_it():
    seconds = in_turn({"own": lambda: 5.0, "ours": lambda: None}, rounds=1)
    assert seconds["own"] == 5.0
    assert seconds["ours"] < 1


@pytest.mark.parametrize("name", products.LIBRARIES)
def test_every_library_multiplies(name):
    left, right = torch.rand(5, 7), torch.rand(3, 7).T
    product = torch.as_tensor(products.LIBRARIES[name](left, right))
    assert_close(product, left @ right)


@pytest.mark.parametrize("name", products.LIBRARIES)
def test_a_library_is_timed_in_a_process_of_its_own(name):
    assert 0 < products.unbound_seconds(name, [4, 3, 2], batch_size=7000) < 60
