"""A layer's weights as images: what its classes or filters look for."""

import numpy as np
from matplotlib import colormaps
from PIL import Image


def draw_weights(epochs: np.ndarray) -> Image.Image:
    """Draw a row for each epoch, a tile for each output: red for it, blue against it.

    All are on one scale, whose ends are the largest weight of any epoch and its negative;
    0 is white. To the right of each tile and below it, a pixel is left transparent.

    Args:
        epochs: (epochs, outputs, height, width).
    """
    scaled = 0.5 + 0.5 * epochs / np.abs(epochs).max()
    colours = np.pad(
        colormaps["RdBu_r"](scaled), [(0, 0)] * 2 + [(0, 1)] * 2 + [(0, 0)]
    )
    count, outputs, height, width, _ = colours.shape
    tiles = colours.transpose(0, 2, 1, 3, 4).reshape(count * height, outputs * width, 4)
    return Image.fromarray((255 * tiles).round().astype(np.uint8))
