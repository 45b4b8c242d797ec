"""Every gradient by formula is checked, and a wrong one is found."""

import importlib
import inspect
import pkgutil

import pytest

from byhand import scratch
from byhand.evaluation.gradient_checks import checks, errors

BY_THE_ENGINE = {"autograd", "by_autograd", "gradient_checks"}


def by_formula():
    """Return the names of what returns gradients in scratch/, as its docstring says."""
    found = set()
    for module in pkgutil.iter_modules(scratch.__path__):
        if module.name in BY_THE_ENGINE:
            continue
        content = importlib.import_module(f"byhand.scratch.{module.name}")
        for name, item in vars(content).items():
            if getattr(item, "__module__", "") != content.__name__:
                continue
            if inspect.isfunction(item) and "gradient" in (item.__doc__ or ""):
                found.add(name)
            if inspect.isclass(item) and hasattr(item, "learn"):
                found.add(f"{name}.learn")
    return found


def test_every_gradient_by_formula_is_checked():
    assert set(checks()) == by_formula() - {"fold"}  # unfold's, by its own test


@pytest.mark.parametrize("name", checks())
def test_a_gradient_by_formula_is_that_of_differences_and_of_the_engine(name):
    assert max(errors(checks()[name]).values()) < 1e-6


def test_a_gradient_that_is_a_little_wrong_is_found():
    check = checks()["sigmoid_gradient"]
    wrong = check._replace(
        gradients=lambda *arrays: [1.001 * g for g in check.gradients(*arrays)]
    )
    assert min(errors(wrong).values()) > 1e-4
