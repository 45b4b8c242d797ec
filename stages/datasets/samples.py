"""Samples in clusters, and XOR-like samples: several clusters under one label.

Chapters 3 and 4 of the book. One stream of Python's `random` decides everything but the
radii, draw by draw as the book does, so that centres, sizes, labels and order are the
book's own; the radii come from NumPy, which the book never seeded.
"""

import math
import random
from typing import NamedTuple

import numpy as np


class Samples(NamedTuple):
    """Points in shuffled order; floor(train_rate · rows) of them, from the first, train.

    Attributes:
        points: (rows, 3) float64, coordinates x, y, z.
        cluster: (rows,) int64, the cluster a point was drawn around.
        label: (rows,) int64, what a model is to predict.
        centres: (clusters, 3) float64, each in [0, space).
        members: for each label, the clusters it covers, in the order drawn.
    """

    points: np.ndarray
    cluster: np.ndarray
    label: np.ndarray
    centres: np.ndarray
    members: list[list[int]]


def generate(
    clusters: int,
    merge: int,
    *,
    gen_seed: int,
    seed: int,
    space: float,
    min_size: int,
    size_range: int,
    radius_std: float,
) -> Samples:
    """Draw clusters of points and shuffle them.

    Args:
        clusters: how many, >= 1.
        merge: clusters under one label; divides `clusters`. With 1, a cluster's number is
            its label; above 1, clusters are drawn together at random.
        gen_seed: seeds the stream of centres, sizes, angles, labels and order.
        seed: seeds the radii and nothing else.
        space: edge of the cube that holds the centres.
        min_size: points of the smallest cluster.
        size_range: the largest cluster has min_size + size_range points.
        radius_std: standard deviation of a point's (signed) distance from its centre.
    """
    stream = random.Random(gen_seed)
    radii = np.random.default_rng(seed)

    centres, groups = [], []
    for _ in range(clusters):
        centre = [space * stream.random() for _ in range(3)]
        size = round(size_range * stream.random()) + min_size
        radius = radii.normal(0, radius_std, size)
        angles = np.array([stream.random() for _ in range(2 * size)]) * 2 * math.pi
        groups.append(centre + ball(radius, angles[0::2], angles[1::2]))
        centres.append(centre)

    numbers = list(range(clusters))
    if merge > 1:
        stream.shuffle(numbers)
    members = [numbers[i : i + merge] for i in range(0, clusters, merge)]
    label_of = {number: i for i, group in enumerate(members) for number in group}

    sizes = [len(groups[number]) for number in numbers]
    order = list(range(sum(sizes)))
    stream.shuffle(order)
    return Samples(
        points=np.concatenate([groups[number] for number in numbers])[order],
        cluster=np.repeat(numbers, sizes)[order],
        label=np.repeat([label_of[number] for number in numbers], sizes)[order],
        centres=np.array(centres),
        members=members,
    )


def ball(radius: np.ndarray, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Return the points (rows, 3) at these spherical coordinates, each (rows,)."""
    return np.stack(
        [
            radius * np.cos(alpha) * np.cos(beta),
            radius * np.cos(alpha) * np.sin(beta),
            radius * np.sin(alpha),
        ],
        axis=1,
    )
