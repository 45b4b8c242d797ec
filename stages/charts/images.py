"""Grids of labelled images."""

import numpy as np
from matplotlib.figure import Figure

from stages.datasets.folder import Dataset

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
        images: (count, channels, height, width) uint8, 0 black to 255 white; of one channel
            or three (red, green, blue).
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
        panel.imshow(image.transpose(1, 2, 0), cmap="gray", vmin=0, vmax=255)
        panel.set_title(caption, fontsize=9, color=colour)
    return figure


def draw_predicted_images(
    name: str, dataset: Dataset, predictions: np.ndarray
) -> Figure:
    """Draw 18 test images, truth above prediction, wrong ones in red.

    They are the first ones; of images that lie class by class, evenly spaced ones.

    Args:
        name: of the model, for the title.
        dataset: of images.
        predictions: (rows,) int64, of the test images.
    """
    images, targets = dataset.test
    class_names = dataset.class_names
    shown = np.arange(min(2 * PREDICTED_COLUMNS, len(targets)))
    if (np.diff(targets) >= 0).all():
        shown = np.linspace(0, len(targets) - 1, len(shown)).astype(int)
    pairs = list(zip(targets[shown], predictions[shown], strict=True))
    captions = [f"{class_names[t]}\n→ {class_names[p]}" for t, p in pairs]
    colours = ["black" if t == p else "crimson" for t, p in pairs]
    title = f"{name}: truth → prediction on {len(shown)} test images"
    return draw_grid(title, images[shown], captions, colours, PREDICTED_COLUMNS)
