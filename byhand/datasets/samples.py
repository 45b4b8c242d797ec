"""Samples in clusters, and XOR-like samples: several clusters under one label.

Chapters 3 and 4 of the book. Centres, sizes, labels and order are the book's: one stream
of Python's `random` decides them, draw by draw as in the book. The radii come from NumPy,
which the book never seeded.
"""

import math
import random
from typing import NamedTuple

import numpy as np


class Samples(NamedTuple):
    """Points in shuffled order.

    points: (rows, 3) float64, coordinates x, y, z.
    cluster: (rows,) int64, the cluster of each point.
    label: (rows,) int64, the label that a model is to predict.
    centres: (clusters, 3) float64, in [0, space).
    members: the clusters of each label, in the order drawn.
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
        merge: clusters under one label, a divisor of `clusters`. If 1, a cluster's number
            is its label; otherwise, the clusters of a label are drawn at random.
        gen_seed: seeds the stream of centres, sizes, angles, labels and order.
        seed: seeds the radii.
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
    in_plane = radius * np.cos(alpha)
    xyz = in_plane * np.cos(beta), in_plane * np.sin(beta), radius * np.sin(alpha)
    return np.stack(xyz, axis=1)
