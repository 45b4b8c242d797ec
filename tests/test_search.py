"""The words of a search: which settings they stand for, and which are refused beforehand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byhand.pipeline.errors import UserError
from byhand.search.space import Range, as_settings, corners, filled, parse


@pytest.mark.parametrize(
    ("words", "space"),
    [
        ("lr=0.01..1", {"lr": [Range(0.01, 1)]}),
        ("C=1e-3..1e5", {"C": [Range(0.001, 100000.0)]}),
        ("momentum=0,0.9 epochs=5", {"momentum": [0, 0.9], "epochs": [5]}),
        ("schedule=constant,cosine", {"schedule": ["constant", "cosine"]}),
        ("shuffle=true,false", {"shuffle": [True, False]}),
        ("hidden=[64],[128,64]", {"hidden": [[64], [128, 64]]}),
        (
            "hidden=16..64,[8..9,4]",
            {"hidden": [Range(16, 64), [Range(8, 9), 4]]},
        ),
    ],
)
def test_a_word_is_a_key_and_its_values(words, space):
    parsed = parse(words.split())
    assert parsed == space
    assert repr(parsed) == repr(space)  # 1 is no 1.0


@given(
    st.lists(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
)
def test_a_range_has_its_ends_as_they_are_written(numbers):
    for low, high in pairwise(numbers):
        if low < high:
            ((among,),) = parse([f"key={low}..{high}"]).values()
            assert among == (low, high)
            assert list(map(type, among)) == [type(low), type(high)]
            assert corners([[among, 3]]) == [[low, 3], [high, 3]]


@pytest.mark.parametrize(
    ("low", "high", "is_logarithmic"),
    [(0.01, 1, True), (32, 320, True), (32, 319, False), (0, 1, False), (-1, 9, False)],
)
def test_a_range_is_logarithmic_from_ten_times_on(low, high, is_logarithmic):
    assert Range(low, high).is_logarithmic == is_logarithmic


def test_each_range_of_a_list_has_a_number_of_its_own():
    asked = []
    filled([Range(1, 2), [4, Range(5, 6)]], lambda *a: asked.append(a), "hidden")
    assert asked == [("hidden.0", (1, 2)), ("hidden.1.1", (5, 6))]


def test_one_number_for_a_list_is_a_list_of_one():
    entry = {"hidden": [256, 128], "lr": 0.1}
    chosen = {"hidden": 16, "lr": 0.2, "epochs": 3}
    assert as_settings(entry, chosen) == chosen | {"hidden": [16]}
    assert as_settings(entry, {"hidden": [1, 2]}) == {"hidden": [1, 2]}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "needs a setting with several values, .*, got none"),
        (
            "lr=0.1 epochs=3",
            "needs a setting with several values, .* got lr=0.1 epochs=3",
        ),
        ("lr", "must be KEY=LOW..HIGH, KEY=A,B or KEY=VALUE, got 'lr'"),
        ("lr=null", "must be KEY=.*, got 'lr=null'"),
        ("lr=", "must be KEY=.*, got 'lr='"),
        ("=0.1..1", "must be KEY=.*, got '=0.1..1'"),
        ("hidden=[64,[8", r"must be KEY=.*, got 'hidden=\[64,\[8'"),
        ("lr=1..0.1", "LOW below HIGH, got 'lr=1..0.1'"),
        ("lr=0.1..", "a range must be LOW..HIGH, .* got 'lr=0.1..'"),
        ("lr=0.1..1..2", "a range must be LOW..HIGH, .* got 'lr=0.1..1..2'"),
        ("lr=0.1..inf", "a range must be LOW..HIGH, .* got 'lr=0.1..inf'"),
        ("lr=0.1..1 lr=1..2", "lr must stand only once, got 'lr=1..2' as well"),
    ],
)
def test_a_word_that_says_nothing_is_refused(words, reason):
    with pytest.raises(UserError, match=reason):
        parse(words.split())
