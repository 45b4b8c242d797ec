"""Samples: every fact of the book's that the seed of the stream decides."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from byhand.datasets.samples import ball, generate

BOOK = json.loads((Path(__file__).parent / "data/book_samples.json").read_text())
SETTINGS = {
    "gen_seed": 9603602,
    "space": 30,
    "radius_std": 3,
    "min_size": 600,
    "size_range": 100,
}
MERGE = {"clusters": 1, "xor": 2}


def samples_of(name, seed=0, **changes):
    book = BOOK[name]
    return generate(book["clusters"], MERGE[name], seed=seed, **(SETTINGS | changes))


@pytest.mark.parametrize("name", ["clusters", "xor"])
@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_every_fact_of_the_book_comes_out_for_any_seed(name, seed):
    samples, book = samples_of(name, seed), BOOK[name]
    assert samples.centres.tolist() == book["centres"]
    assert np.bincount(samples.cluster).tolist() == book["sizes"]
    assert len(samples.label) == book["rows"]
    if "label_members" in book:
        assert samples.members == book["label_members"]

    split = book["split"]
    train_rows = int(0.8 * len(samples.label))
    train, test = samples.label[:train_rows], samples.label[train_rows:]
    assert (len(train), len(test)) == (split["train_rows"], split["test_rows"])
    assert train[:10].tolist() == split["first_train_labels"]
    assert test[:10].tolist() == split["first_test_labels"]
    assert test.sum() == split["test_label_sum"]


@pytest.mark.parametrize("name", ["clusters", "xor"])
def test_the_seed_drives_the_radii_alone(name):
    one, other = samples_of(name, seed=1), samples_of(name, seed=2)
    assert one.cluster.tolist() == other.cluster.tolist()
    # from the centre, the points lie in the same direction (or its opposite)
    offsets, others = (s.points - s.centres[s.cluster] for s in (one, other))
    crossed = np.cross(offsets, others)
    assert np.abs(crossed).max() < 1e-9
    radii, other_radii = (np.linalg.norm(o, axis=1) for o in (offsets, others))
    assert not np.isclose(radii, other_radii).all()
    assert np.sqrt((radii**2).mean()) == approx(3, abs=5 * 3 / np.sqrt(2 * len(radii)))


@pytest.mark.parametrize("gen_seed", [0, 42])
def test_another_gen_seed_follows_the_same_recipe(gen_seed):
    samples = samples_of("clusters", gen_seed=gen_seed)
    stream = random.Random(gen_seed)
    sizes = np.bincount(samples.cluster)
    for centre, size in zip(samples.centres, sizes, strict=True):
        assert centre.tolist() == [30 * stream.random() for _ in range(3)]
        assert size == round(100 * stream.random()) + 600
        for _ in range(2 * size):
            stream.random()


def test_labels_cover_as_many_clusters_as_merge_says():
    samples = generate(6, 3, seed=0, **(SETTINGS | {"min_size": 5, "size_range": 4}))
    assert sorted(np.concatenate(samples.members)) == list(range(6))
    for label, members in enumerate(samples.members):
        assert len(members) == 3
        assert set(samples.cluster[samples.label == label]) == set(members)


def test_ball_keeps_the_distance():
    rng = np.random.default_rng(0)
    radius, alpha, beta = rng.normal(size=(3, 100))
    distances = np.linalg.norm(ball(radius, alpha, beta), axis=1)
    assert distances == approx(np.abs(radius))
