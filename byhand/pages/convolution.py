"""Chapter 7: data for the page's convolution, in which convolution.js slides a kernel."""

import numpy as np

from byhand.datasets.folder import Part
from byhand.pages.results import Results
from byhand.pages.trainer import as_base64

MODEL = "lenet_fashion_torch"
# kernels to begin with, by name, row by row
PRESETS = {
    "left and right edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "top and bottom edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "top left corners": [[-1, -1, -1], [-1, 2, 1], [-1, 1, 1]],
}


def chapter(
    results: Results, arrays: dict[str, np.ndarray] | None
) -> tuple[dict, dict]:
    """Return the first convolution of LeNet, and images for it; no charts.

    arrays: of the trained model, by name; None without the model.
    """
    if arrays is None:
        return {"convolution": None}, {}
    block = results.blocks[MODEL]
    dataset = results.datasets[block.data]
    if dataset.test.features.shape[1] > 1:
        return {"convolution": None}, {}  # the page slides over grey images
    weight, bias = arrays["0.weight"], arrays["0.bias"]
    chosen = first_of_each_class(dataset.test)
    images = dataset.test.features[chosen]
    height, width = images.shape[2:]
    spec = {
        "height": height,
        "width": width,
        "images": as_base64(images, "u1"),
        "kernels": as_base64(weight, "<f4"),
        "biases": as_base64(bias, "<f4"),
        "activation": block.activation,
        "presets": PRESETS,
    }
    names = [dataset.class_names[label] for label in dataset.test.targets[chosen]]
    return {"convolution": {"spec": spec, "names": names, "kernels": len(weight)}}, {}


def first_of_each_class(part: Part) -> list[int]:
    """Return the row of each class's first image, ten at most."""
    _, rows = np.unique(part.targets, return_index=True)
    return rows[:10].tolist()
