"""Small images for a page, as PNGs written into it."""

import base64
import io

import numpy as np
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
    return embedded(file.getvalue())


def embedded(png: bytes) -> str:
    """Return an address that holds an image, for a page."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
