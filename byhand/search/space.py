"""The settings that a search tries: words such as lr=0.01..1 momentum=0,0.9 hidden=[64],[128,64].

A word is KEY=VALUE, or KEY=VALUE,VALUE,… for a choice. A value is YAML: a number, a name, a
list. LOW..HIGH in place of a number stands for the numbers from LOW to HIGH: for whole numbers
alone if both are written as such. The range is logarithmic if LOW is above 0 and HIGH at
least ten times LOW: each order of magnitude is then as likely as any other.
"""

import math
import re
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from dvc.api import DVCFileSystem

from byhand.datasets.folder import read_dataset
from byhand.pipeline.errors import UserError
from byhand.pipeline.params import Loader, Seed, checked, load_params
from byhand.training.blocks import Model, completed

Space = dict[str, list]  # each key's values, in which a Range may stand for a number


class Range(NamedTuple):
    """The numbers from low to high."""

    low: float
    high: float

    def __repr__(self) -> str:
        return f"{self.low}..{self.high}"

    @property
    def is_logarithmic(self) -> bool:
        """Whether each order of magnitude is as likely as any other."""
        return 0 < 10 * self.low <= self.high


def parse(words: Iterable[str]) -> Space:
    """Return the values of each key. A UserError names a word that has none."""
    space = {}
    for word in words:
        key, _, text = word.partition("=")
        try:
            values = yaml.load(f"[{text}]", Loader)
        except yaml.YAMLError:
            values = []
        if not (key.isidentifier() and values) or None in values:
            raise UserError(
                f"a setting must be KEY=LOW..HIGH, KEY=A,B or KEY=VALUE, got {word!r}"
            )
        if key in space:
            raise UserError(f"{key} must stand only once, got {word!r} as well")
        space[key] = [with_ranges(value, word) for value in values]
    if all(len(corners(values)) == 1 for values in space.values()):
        raise UserError(
            "a search needs a setting with several values, such as lr=0.01..1 or "
            f"momentum=0,0.9, got {' '.join(words) or 'none'}"
        )
    return space


def with_ranges(value: Any, word: str) -> Any:
    """Return a value of this word with a Range in place of each LOW..HIGH."""
    if isinstance(value, list):
        return [with_ranges(entry, word) for entry in value]
    if not isinstance(value, str) or ".." not in value:
        return value
    ends = [number(end) for end in value.split("..")]
    if len(ends) != 2 or not ends[0] < ends[1]:  # nan is not smaller than anything
        raise UserError(
            f"a range must be LOW..HIGH, two numbers, LOW below HIGH, got {word!r}"
        )
    return Range(*ends)


def number(text: str) -> float:
    """Return the number in a text, int or float, or nan if there is none."""
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def filled(value: Any, choose: Callable[[str, Range], float], name: str = "") -> Any:
    """Return a value with the number choose(name, range) in place of each Range.

    name: of the value; an entry of a list has its number behind it, as in hidden.0.
    """
    if isinstance(value, Range):
        return choose(name, value)
    if isinstance(value, list):
        return [filled(v, choose, f"{name}.{i}") for i, v in enumerate(value)]
    return value


def corners(values: list) -> list:
    """Return the values of a key; one with ranges twice, with all low ends and all high ends."""
    found = []
    for value in values:
        low, high = (filled(value, lambda _, r, end=end: end(r)) for end in (min, max))
        found += [low] if low == high else [low, high]
    return found


def as_settings(entry: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a try; one number for a list stands for a list of one entry.

    entry: the model's block as params.yaml has it, chosen: a value for each key.
    """
    are_lists = {key for key, value in entry.items() if isinstance(value, list)}
    return {
        key: [value] if key in are_lists and not isinstance(value, list) else value
        for key, value in chosen.items()
    }


def check(model: str, entry: dict[str, Any], space: Space) -> None:
    """Raise a UserError if a try could break the schema, not suit its data, or not have it.

    Every combination of choices and of the ends of ranges is checked.
    """
    seed, commit, looked_at = load_params("seed", Seed), DVCFileSystem(rev="HEAD"), {}
    for chosen in product(*map(corners, space.values())):
        settings = as_settings(entry, dict(zip(space, chosen, strict=True)))
        words = " ".join(f"{key}={value}" for key, value in settings.items())
        block = checked(entry | settings, Model, f"with {words}", f"models.{model}")
        block = completed(block)
        held_out = block.data, block.validation_fraction
        if held_out not in looked_at:
            looked_at[held_out] = shape_and_rows(commit, *held_out, seed)
        if looked_at[held_out]:
            block.check(model, *looked_at[held_out])


def shape_and_rows(
    commit: DVCFileSystem, data: str, fraction: float, seed: int
) -> tuple[tuple[int, ...], list[int]] | None:
    """Return what `Block.check` takes, of the rows that train; None if no data is there yet.

    A UserError says that a clone would not have the data, or that no row is held out.
    """
    if not commit.exists(data):
        raise UserError(
            f"{data} must be in git or DVC: git add or dvc add it, then git commit"
        )
    if not Path(data).exists():
        return None
    dataset = read_dataset(data).hold_out(fraction, seed)
    if not len(dataset.validation.targets):
        raise UserError(
            f"validation_fraction must hold out a row of {data}, of which "
            f"{sum(dataset.train_rows)} train, got {fraction}"
        )
    return dataset.shape, dataset.train_rows
