"""Points of any number of features, to be drawn in space or in a plane."""

import numpy as np

from stages.datasets.folder import Dataset


def to_draw(dataset: Dataset) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return training and test points as they are drawn, and the names of their axes.

    Three features are drawn in space, as they are. Any other number is drawn in the plane
    of the two largest principal components of the training points (Pearson, 1901), each
    named with its share of their variance; which way a component points is free, so its
    largest weight is made positive.

    Returns:
        Points (rows, 3) or (rows, 2) of either part, and 3 or 2 names.
    """
    train, test = dataset.train.features, dataset.test.features
    if len(dataset.columns) == 3:
        return train, test, dataset.columns
    mean = train.mean(axis=0)
    _, lengths, components = np.linalg.svd(train - mean, full_matrices=False)
    largest = np.abs(components).argmax(axis=1)
    components *= np.sign(components[range(len(components)), largest])[:, np.newaxis]
    plane, shares = np.zeros((2, train.shape[1])), np.zeros(2)
    plane[: len(components)] = components[:2]
    shares[: len(components)] = (lengths**2 / max((lengths**2).sum(), 1e-300))[:2]
    names = [
        f"principal component {i}, {share:.0%} of the variance"
        for i, share in enumerate(shares, start=1)
    ]
    return (train - mean) @ plane.T, (test - mean) @ plane.T, names
