"""Chapter 2: Fashion-MNIST's sizes, classes and first images."""

import base64

import numpy as np

from byhand.datasets.settings import FASHION_MNIST, Preview
from byhand.pages.results import Results
from byhand.pipeline.outputs import png


def chapter(results: Results, preview: Preview) -> tuple[dict, dict]:
    """Return the data's sizes and first images, as many as the preview has; no charts."""
    dataset = results.datasets[FASHION_MNIST]
    names, shown = dataset.class_names, preview.rows * preview.columns
    first = zip(*(array[:shown] for array in dataset.train), strict=True)
    fashion = {
        "train_rows": len(dataset.train.targets),
        "test_rows": len(dataset.test.targets),
        "class_names": names,
        "first": [(names[target], picture(image)) for image, target in first],
    }
    return {"fashion": fashion}, {}


def picture(image: np.ndarray) -> str:
    """Return an image (channels, height, width), uint8, as a data: URL."""
    return embedded(png(image))


def embedded(png: bytes) -> str:
    """Return a PNG image as a data: URL."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
