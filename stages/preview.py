"""Look at Fashion-MNIST: a labelled grid of images, its statistics, its mini-batches."""

import logging
import time
from pathlib import Path

import numpy as np
from PIL import Image

from byhand.charts.images import draw_grid
from byhand.datasets.folder import Part, read_dataset
from byhand.datasets.settings import FASHION_MNIST, Preview
from byhand.pipeline.outputs import write_figure, write_json
from byhand.pipeline.params import load_params

log = logging.getLogger(__name__)


def main() -> None:
    preview = load_params("preview", Preview)
    dataset = read_dataset(FASHION_MNIST)
    images, targets = dataset.train

    shown = preview.rows * preview.columns
    grid_images, grid_labels = images[:shown], targets[:shown]
    title = f"Fashion-MNIST: the first {shown} training images"
    captions = [dataset.class_names[label] for label in grid_labels]
    colours = ["black"] * shown
    figure = draw_grid(title, grid_images, captions, colours, preview.columns)
    write_figure(Path("plots/images/fashion_mnist.png"), figure)

    start, shapes = time.perf_counter(), []
    for row in range(0, len(images), preview.batch_size):
        batch = images[row : row + preview.batch_size] / np.float32(255)
        shapes.append(list(batch.shape))
    seconds = time.perf_counter() - start
    log.info("read one epoch, %d batches, in %.2f s", len(shapes), seconds)

    edges = (preview.resize, preview.resize)
    resized = [
        [np.asarray(Image.fromarray(image).resize(edges, Image.Resampling.BILINEAR))]
        for image in images[: preview.resize_batch_size, 0]
    ]
    write_json(
        Path("metrics/fashion_mnist.json"),
        {
            "train": describe(dataset.train, dataset.class_names),
            "test": describe(dataset.test, dataset.class_names),
            "grid_images": list(grid_images.shape),
            "grid_labels": list(grid_labels.shape),
            "batch": shapes[0],
            "batch_dtypes": [str(batch.dtype), str(targets.dtype)],
            "batches_per_epoch": len(shapes),
            "resized_batch": list(np.shape(resized)),
        },
    )


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
