"""How the figures of one model scatter over many seeds."""

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return how values, two or more, scatter; std is the sample's."""
    return {
        "n": len(values),
        "mean": statistics.mean(values),
        "std": statistics.stdev(values),
        "min": min(values),
        "median": statistics.median(values),
        "max": max(values),
    }
