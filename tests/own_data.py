"""Datasets of one's own, as scikit-learn ships them, in the layouts that the README names."""

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.model_selection import train_test_split

from byhand.pipeline.outputs import write_csv

FIVE = ["zero", "one", "two", "three", "four"]


def halves(features: np.ndarray, labels: np.ndarray):
    """Return features and labels that train, and those that test."""
    return train_test_split(
        features, labels, test_size=0.3, random_state=0, stratify=labels
    )


def write_points(folder: Path, data) -> None:
    """Write scikit-learn's points as train.csv and test.csv, labels by their names."""
    labels = data.target_names[data.target].tolist()
    train, test, train_labels, test_labels = halves(data.data, np.array(labels))
    for part, rows, names in [
        ("train", train, train_labels),
        ("test", test, test_labels),
    ]:
        write_csv(
            folder / f"{part}.csv",
            [*data.feature_names, "label"],
            ([*row, name] for row, name in zip(rows.tolist(), names, strict=True)),
        )


def write_tables(folder: Path, train: str, test: str) -> Path:
    """Write two texts as train.csv and test.csv, and return the folder."""
    for name, text in [("train", train), ("test", test)]:
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def write_idx(path: Path, array: np.ndarray) -> None:
    """Write unsigned bytes as an IDX file."""
    shape = np.array(array.shape, dtype=">u4").tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + shape + array.tobytes())


def five_digits():
    """Return images (rows, 8, 8) uint8 of the digits 0 to 4, in halves as `halves`."""
    data = load_digits()
    shown = data.target < 5
    images = (data.images[shown] * 255 / 16).astype(np.uint8)
    return halves(images, data.target[shown].astype(np.uint8))


def write_named_idx(folder: Path) -> None:
    """Write the digits 0 to 4 as IDX files, and their names as classes.txt."""
    train, test, train_labels, test_labels = five_digits()
    for part, images, labels in [
        ("train", train, train_labels),
        ("t10k", test, test_labels),
    ]:
        write_idx(folder / f"{part}-images-idx3-ubyte", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
    (folder / "classes.txt").write_text("".join(f"{name}\n" for name in FIVE))


def write_image_folders(folder: Path) -> None:
    """Write the digits 0 to 4 as PNG files, a folder a class."""
    train, test, train_labels, test_labels = five_digits()
    for part, images, labels in [
        ("train", train, train_labels),
        ("test", test, test_labels),
    ]:
        for number, (image, label) in enumerate(zip(images, labels, strict=True)):
            path = folder / part / FIVE[label] / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)


def write_all(folder: Path) -> None:
    """Write iris, wine, digits, idx and png, each into a folder of its own."""
    for name, data in [
        ("iris", load_iris()),
        ("wine", load_wine()),
        ("digits", load_digits()),
    ]:
        write_points(folder / name, data)
    write_named_idx(folder / "idx")
    write_image_folders(folder / "png")
