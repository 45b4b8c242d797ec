"""A layer's weights as images: what the classes or filters look for."""

import numpy as np
from matplotlib import colormaps
from PIL import Image


def draw_weights(epochs: np.ndarray) -> Image.Image:
    """Draw weights (epochs, outputs, height, width): a row an epoch, a tile an output.

    Positive weights are red, negative weights blue, 0 is white, on one scale for all
    epochs. A transparent pixel lies to the right of each tile and below it.
    """
    scaled = 0.5 + 0.5 * epochs / (np.abs(epochs).max() or 1)
    right_and_below = [(0, 0), (0, 0), (0, 1), (0, 1), (0, 0)]
    colours = np.pad(colormaps["RdBu_r"](scaled), right_and_below)
    count, outputs, height, width, _ = colours.shape
    tiles = colours.transpose(0, 2, 1, 3, 4).reshape(count * height, outputs * width, 4)
    return Image.fromarray((255 * tiles).round().astype(np.uint8))
