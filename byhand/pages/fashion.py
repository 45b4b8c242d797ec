"""Chapter 2: Fashion-MNIST's sizes, classes and first images."""

import base64

import numpy as np

from byhand.datasets.settings import FASHION_MNIST, Preview
from byhand.pages.results import Results
from byhand.pipeline.outputs import png


def chapter(results: Results, preview: Preview) -> tuple[dict, dict]:
    """Return the data's sizes and first images, as many as the preview has; no charts."""
    train, test, names, _ = results.datasets[FASHION_MNIST]
    first = zip(*(a[: preview.rows * preview.columns] for a in train), strict=True)
    fashion = {
        "train_rows": len(train.targets),
        "test_rows": len(test.targets),
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
