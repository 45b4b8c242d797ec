"""Draw a model's first weights, before training and after each epoch: they look at pixels."""

from itertools import chain
from math import isqrt
from pathlib import Path

import numpy as np

from stages.charts.weights import draw_weights
from stages.datasets.folder import read_dataset
from stages.pipeline.files import replacing
from stages.pipeline.params import Seed, load_params
from stages.training.blocks import load_model
from stages.training.descent import start


def main(name: str) -> None:
    block = load_model(name)
    dataset = read_dataset(block.data, block.standardize)
    model, epochs = start(block, dataset, load_params("seed", Seed))
    _, weight = next(iter(model.named_parameters()))
    edge = isqrt(weight[0].numel())  # of one grey image, or of one filter of it
    frames = [
        weight.detach().cpu().numpy().reshape(-1, edge, edge).copy()
        for _ in chain([None], epochs)  # before the first, and after each
    ]
    with replacing(Path(f"plots/images/weights/{name}.png")) as temporary:
        draw_weights(np.stack(frames)).save(temporary, format="png")
