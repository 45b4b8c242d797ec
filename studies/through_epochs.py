"""Draw a model's first weights, before training and after each epoch: they look at pixels."""

from itertools import chain
from math import isqrt
from pathlib import Path

import numpy as np

from byhand.charts.weights import draw_weights
from byhand.pipeline.outputs import replacing
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.descent import start


def main(name: str) -> None:
    block, dataset = load_model_and_data(name)
    model, epochs = start(block, dataset, load_params("seed", Seed))
    _, weight = next(iter(model.named_parameters()))
    edge = isqrt(weight[0].numel())  # of one grey image, or of one filter of it
    frames = [
        weight.detach().cpu().numpy().reshape(-1, edge, edge).copy()
        for _ in chain([None], epochs)  # before the first, and after each
    ]
    with replacing(Path(f"plots/images/weights/{name}.png")) as temporary:
        draw_weights(np.stack(frames)).save(temporary, format="png")
