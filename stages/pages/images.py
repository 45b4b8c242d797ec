"""Small images for a page, as PNGs written into it."""

import base64
import io

import numpy as np
from matplotlib import colormaps
from PIL import Image


def picture(pixels: np.ndarray) -> str:
    """Return an image as an address that holds it, for a page.

    Args:
        pixels: (channels, height, width) uint8, of one channel, 0 black to 255 white, or
            three (red, green, blue).
    """
    file = io.BytesIO()
    as_pillow_has_it = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    Image.fromarray(as_pillow_has_it).save(file, format="png")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def weight_pictures(weight: np.ndarray, shape: tuple[int, int]) -> list[str]:
    """Return each class's weights as an image: blue against the class, red for it.

    Args:
        weight: (classes, height · width); white is 0, the ends of the scale are the
            largest weight of all and its negative.
        shape: (height, width).
    """
    scaled = 0.5 + 0.5 * weight / np.abs(weight).max()
    colours = (255 * colormaps["RdBu_r"](scaled)[..., :3]).round().astype(np.uint8)
    return [picture(image.T.reshape(3, *shape)) for image in colours]
