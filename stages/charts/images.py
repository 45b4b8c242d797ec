"""Grids of labelled images."""

import numpy as np
from matplotlib.figure import Figure

PREDICTED_COLUMNS = 9


def draw_grid(
    title: str,
    images: np.ndarray,
    captions: list[str],
    colours: list[str],
    columns: int,
) -> Figure:
    """Draw images in rows of `columns`, each under its caption.

    Args:
        title: above the grid.
        images: (count, 1, height, width) uint8, 0 black to 255 white.
        captions, colours: of each image, `count` of them.
        columns: images side by side, >= 1.
    """
    rows = -(-len(images) // columns)
    lines = 1 + captions[0].count("\n")
    height = rows * (1.2 + 0.2 * lines) + 0.4  # inches
    figure = Figure((1.25 * columns, height), dpi=100, layout="constrained")
    figure.suptitle(title)
    panels = figure.subplots(rows, columns, squeeze=False).flat
    for panel in panels:
        panel.axis("off")
    for panel, image, caption, colour in zip(
        figure.axes, images, captions, colours, strict=False
    ):
        panel.imshow(image[0], cmap="gray", vmin=0, vmax=255)
        panel.set_title(caption, fontsize=9, color=colour)
    return figure


def draw_predicted_images(
    name: str,
    images: np.ndarray,
    targets: np.ndarray,
    predictions: np.ndarray,
    class_names: list[str],
) -> Figure:
    """Draw the first 18 test images, truth above prediction, wrong ones in red.

    Arguments as the arrays of a test set: (rows, 1, 28, 28) uint8, (rows,) and (rows,) int64.
    """
    count = 2 * PREDICTED_COLUMNS
    pairs = list(zip(targets[:count], predictions[:count], strict=True))
    captions = [f"{class_names[t]}\n→ {class_names[p]}" for t, p in pairs]
    colours = ["black" if t == p else "crimson" for t, p in pairs]
    title = f"{name}: truth → prediction on the first {count} test images"
    return draw_grid(title, images[:count], captions, colours, PREDICTED_COLUMNS)
