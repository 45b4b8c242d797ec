"""Faults that people reported of other projects: what their examples give here."""

import numpy as np
import pytest
import torch
from pytest import approx

from byhand.autograd.engine import Tensor
from byhand.datasets.folder import read_dataset
from byhand.pipeline.errors import UserError
from tests.own_data import write_tables
from tests.test_data import standard


@pytest.mark.parametrize(("constant", "rows"), [(14.62, 1000), (100.0, 1000), (5, 3)])
def test_a_constant_column(constant, rows):
    """scikit-learn/scikit-learn#17794 (it became -1), rasbt/mlxtend#1058 (-5)."""
    train, _ = standard([[constant]] * rows)
    assert not train.any()


def test_the_gradient_of_a_powers_exponent_at_0():
    """pytorch/pytorch#27134: it was nan."""
    exponent = Tensor(torch.ones(2), requires_grad=True)
    (np.array([0.0, 2.0]) ** exponent).sum().backward()
    assert exponent.grad.tolist() == approx([0, 1.386], abs=1e-3)


def test_the_gradient_of_the_power_0_at_0():
    """pytorch/pytorch#8940: it was nan."""
    x = Tensor([0.0, 1.0], requires_grad=True)
    (x**0).sum().backward()
    assert x.grad.tolist() == [0, 0]


def test_a_negative_number_to_a_power_that_is_a_tensor():
    """karpathy/micrograd#41: an exponent of a negative number has no derivative."""
    base, exponent = (Tensor(n, requires_grad=True) for n in (-2.0, -3.0))
    (base**exponent).backward()
    assert base.grad == -0.1875
    assert exponent.grad.isnan()


def test_a_matrix_of_numpys_on_the_left():
    """numpy/numpy#8155: NumPy raised an error."""
    turned = np.diag([1.0, 1.0, -1.0]) @ Tensor(torch.arange(3.0))
    assert turned.data.tolist() == [0, 1, -2]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('x,label\n1,"b"\n2,"d\n3,"e"\n', 3),
        ('x,label\n1,"i am an unclosed comment\n2,Lorem ipsum\n', 2),
    ],
)
def test_a_quote_that_does_not_close(tmp_path, text, line):
    """apple/turicreate#1692, cldf/csvw#52: it took all lines behind it for one field."""
    with pytest.raises(UserError, match=rf"train.csv, line {line}: field 2 is '\"[di]"):
        read_dataset(write_tables(tmp_path, text, text))


def test_codes_with_leading_zeros(tmp_path):
    """DOI-USGS/dataretrieval-python#311, pandas-dev/pandas#46895: the zeros were lost."""
    text = "x,label\n1,00060\n2,07090002\n3,02494\n4,12010\n"
    names = read_dataset(write_tables(tmp_path, text, text)).class_names
    assert names == ["00060", "02494", "07090002", "12010"]
