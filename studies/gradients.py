"""How large the gradient of each layer is before the first step, for each run of variations.

The size is the root mean square over a layer's weights, of one batch.
"""

from itertools import product
from pathlib import Path

import torch

from byhand.evaluation.settings import Variations
from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import load_params
from byhand.training.batches import as_input
from byhand.training.blocks import load_model_and_data
from byhand.training.rooms import find
from byhand.training.start import start


def main(name: str) -> None:
    variations = load_params(f"studies.variations.{name}", Variations)
    rows = []
    for run, seed in product(variations.runs, range(variations.seeds)):
        settings = variations.settings_of(run)
        block, dataset = load_model_and_data(name, seed, **settings)
        model, _ = start(block, dataset, seed)
        images, targets = (
            torch.as_tensor(a[: block.batch_size]) for a in dataset.train
        )
        optimizer = find(block.how, "sgd")(model, lr=block.lr)
        optimizer.backward(as_input(images, getattr(torch, block.dtype)), targets)
        weights = [g for g in optimizer.gradients if g.ndim > 1]
        rows += (
            (run, seed, layer, gradient.square().mean().sqrt().item())
            for layer, gradient in enumerate(weights, start=1)
        )
    write_csv(
        Path(f"plots/gradients/{name}.csv"), ["run", "seed", "layer", "size"], rows
    )
