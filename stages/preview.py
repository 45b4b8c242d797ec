"""Look at Fashion-MNIST: a labelled grid of images, its statistics, its mini-batches."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from stages.charts.images import draw_grid
from stages.datasets.folder import Part, read_dataset
from stages.datasets.settings import Preview
from stages.pipeline.files import write_figure, write_json
from stages.pipeline.params import load_params

log = logging.getLogger(__name__)


def main() -> None:
    preview = load_params("preview", Preview)
    dataset = read_dataset("data/FashionMNIST/raw")

    images, targets = dataset.train
    shown = preview.rows * preview.columns
    grid_images, grid_labels = images[:shown], targets[:shown]
    write_figure(
        Path("plots/images/fashion_mnist.png"),
        draw_grid(
            f"Fashion-MNIST: the first {shown} training images",
            grid_images,
            [dataset.class_names[label] for label in grid_labels],
            ["black"] * shown,
            preview.columns,
        ),
    )

    start = time.perf_counter()
    batches = sum(1 for _ in mini_batches(images, preview.batch_size))
    seconds = time.perf_counter() - start
    log.info("read one epoch, %d batches, in %.2f s", batches, seconds)
    batch = next(mini_batches(images, preview.batch_size))
    edges = (preview.resize, preview.resize)
    resized = np.stack(
        [
            [Image.fromarray(image).resize(edges, Image.Resampling.BILINEAR)]
            for image in images[: preview.resize_batch_size, 0]
        ]
    )
    write_json(
        Path("metrics/fashion_mnist.json"),
        {
            "train": describe(dataset.train, dataset.class_names),
            "test": describe(dataset.test, dataset.class_names),
            "grid_images": list(grid_images.shape),
            "grid_labels": list(grid_labels.shape),
            "batch": list(batch.shape),
            "batch_dtypes": [str(batch.dtype), str(targets.dtype)],
            "batches_per_epoch": batches,
            "resized_batch": list(resized.shape),
        },
    )


def mini_batches(images: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """Yield images (rows, ...) as float32 in [0, 1], batch_size rows at a time."""
    for first in range(0, len(images), batch_size):
        yield images[first : first + batch_size] / np.float32(255)


def describe(part: Part, class_names: list[str]) -> dict:
    """Return shape, pixel mean and standard deviation in [0, 1], and images a class."""
    counts = np.bincount(part.targets, minlength=len(class_names))
    pixels = np.bincount(part.features.ravel(), minlength=256)  # how many of each value
    values = np.arange(256) / 255
    mean = np.average(values, weights=pixels)
    variance = np.average((values - mean) ** 2, weights=pixels)
    return {
        "shape": list(part.features.shape),
        "pixel_mean": float(mean),
        "pixel_std": float(np.sqrt(variance)),
        "class_counts": [list(pair) for pair in zip(class_names, counts.tolist())],
    }
