"""Grids of labelled images."""

import numpy as np
from matplotlib.figure import Figure

from byhand.charts.text import as_written, shortened
from byhand.datasets.folder import Dataset

PREDICTED_COLUMNS = 9


def draw_grid(
    title: str,
    images: np.ndarray,
    captions: list[str],
    colours: list[str],
    columns: int,
) -> Figure:
    """Draw images, (count, channels, height, width) uint8, in rows of `columns`.

    Images have one channel (0 black to 255 white) or three (red, green, blue). Each has a
    caption above, in its colour.
    """
    column, line = 1.25, 0.17  # inches: an image with its margin, a line of text
    edge = 1.1 / max(images.shape[2:])  # of a pixel
    above = line * (1.3 + captions[0].count("\n"))
    row = above + edge * images.shape[2] + 0.1
    width, height = column * columns, 0.4 + row * -(-len(images) // columns)
    figure = Figure((width, height), dpi=100)
    panel = figure.add_axes((0, 0, 1, 1))  # five times as fast as axes for each image
    panel.axis("off")
    panel.text(width / 2, 0.3, title, fontsize=12, ha="center")
    for i, image in enumerate(images):
        middle, top = column * (i % columns + 0.5), 0.4 + row * (i // columns) + above
        half, bottom = edge * images.shape[3] / 2, top + edge * images.shape[2]
        extent = middle - half, middle + half, bottom, top
        grey = {"cmap": "gray", "vmin": 0, "vmax": 255}
        panel.imshow(image.transpose(1, 2, 0), extent=extent, **grey)
        text = {"fontsize": 9, "color": colours[i], "ha": "center", "va": "bottom"}
        panel.text(middle, top - 0.05, captions[i], **text)
    panel.set(xlim=(0, width), ylim=(height, 0))
    return as_written(figure)


def draw_predicted_images(
    name: str, dataset: Dataset, predictions: np.ndarray
) -> Figure:
    """Draw 18 test images under truth and prediction, wrong predictions in red.

    predictions are (rows,) int64, for all test images.
    """
    images, targets = dataset.test
    class_names = [shortened(name) for name in dataset.class_names]
    shown = np.arange(min(2 * PREDICTED_COLUMNS, len(targets)))
    if (np.diff(targets) >= 0).all():  # images lie class by class: show all classes
        shown = np.linspace(0, len(targets) - 1, len(shown)).astype(int)
    pairs = list(zip(targets[shown], predictions[shown], strict=True))
    captions = [f"{class_names[t]}\n→ {class_names[p]}" for t, p in pairs]
    colours = ["black" if t == p else "crimson" for t, p in pairs]
    title = f"{name}: truth → prediction on {len(shown)} test images"
    return draw_grid(title, images[shown], captions, colours, PREDICTED_COLUMNS)
