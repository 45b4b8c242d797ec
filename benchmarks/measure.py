"""Times in turn, and the table that measurements are printed in."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

FORMATS = {"s": ".3f", "µs": ".1f", "MB": ".0f", "rows/s": ",.0f", "steps/s": ",.0f"}

RATIOS = {
    "times as fast as": lambda value, reference: f"{reference / value:.2f}",
    "times as many as": lambda value, reference: f"{value / reference:.2f}",
    "times as much as": lambda value, reference: f"{value / reference:.2f}",
    "share of": lambda value, reference: f"{value / reference:.1%}",
}


class Group(NamedTuple):
    """Rows that share a reference.

    values: of each row, in `unit`.
    reference: the row that the others are compared with.
    ratio: what the ratio to the reference says, a key of RATIOS.
    floor: the row that nothing can be faster than, if one was measured.
    """

    title: str
    unit: str
    values: dict[str, float]
    reference: str
    ratio: str = "times as fast as"
    floor: str | None = None


def table(group: Group) -> str:
    """Return the group as a Markdown table."""
    columns = [group.title, group.unit, f"{group.ratio} {group.reference}"]
    columns += [f"times as long as {group.floor}"] if group.floor else []
    lines = [columns, ["---"] + ["---:"] * (len(columns) - 1)]
    for name, value in group.values.items():
        reference = group.values[group.reference]
        ratio = RATIOS[group.ratio](value, reference)
        line = [name, format(value, FORMATS[group.unit]), ratio]
        line += [f"{value / group.values[group.floor]:.2f}"] if group.floor else []
        lines.append(line)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def in_turn(
    rows: dict[str, Callable[[], float | None]], rounds: int, warm_up: bool = True
) -> dict[str, float]:
    """Return each row's median seconds over the rounds, after one that is not counted.

    A row that returns seconds has held a clock of its own, and those count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(rounds + warm_up):
        for name, call in rows.items():
            start = time.perf_counter()
            own = call()
            elapsed = time.perf_counter() - start
            if turn >= warm_up:
                seconds[name].append(elapsed if own is None else own)
    return {name: statistics.median(times) for name, times in seconds.items()}
