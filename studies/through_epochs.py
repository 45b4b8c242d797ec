"""Draw a model's first weights, before training and after each epoch: they look at pixels."""

from math import isqrt
from pathlib import Path

import numpy as np

from byhand.charts.weights import draw_weights
from byhand.pipeline.outputs import replacing
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.start import start


def main(name: str) -> None:
    seed = load_params("seed", Seed)
    block, dataset = load_model_and_data(name, seed)
    model, train = start(block, dataset, seed)
    _, weight = next(iter(model.named_parameters()))
    edge = isqrt(weight[0].numel())  # of one grey image, or of one filter of it
    frames = []

    def look(epoch=None) -> None:
        frames.append(weight.detach().cpu().numpy().reshape(-1, edge, edge).copy())

    look()  # before the first epoch, and after each
    train(look)
    with replacing(Path(f"plots/images/weights/{name}.png")) as temporary:
        draw_weights(np.stack(frames)).save(temporary, format="png")
