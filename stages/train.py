"""Train a model: models/M.safetensors, its metrics and its history, epoch by epoch."""

import logging
import math
from pathlib import Path

from pipeline.command import run

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from pipeline.errors import UserError
from pipeline.inputs import Dataset, as_matrix, read_dataset
from pipeline.model_files import write_model
from pipeline.outputs import write_csv, write_json
from pipeline.params import Fit, GradientModel, SolverModel, load_params

log = logging.getLogger(__name__)

HISTORY_COLUMNS = ["epoch", "train_loss", "train_acc", "test_acc"]


def main(name: str) -> None:
    params = load_params()
    block = params.model(name)
    dataset = read_dataset(Path(block.data))
    if isinstance(block, SolverModel):
        fit_by_solver(name, dataset, params.fit)
    else:
        train_by_gradient(name, block, dataset, params.seed)


def train_by_gradient(
    name: str, block: GradientModel, dataset: Dataset, seed: int
) -> None:
    """Train by hand or by torch.nn: the loop is the same."""
    import torch

    from pipeline import models
    from scratch.training import train

    rows = len(dataset.train.targets)
    if block.batch_size > rows:
        raise UserError(
            f"models.{name}.batch_size must be at most the {rows} training rows of "
            f"{block.data}, got {block.batch_size}"
        )
    device = models.reproducible_device()
    generator = torch.Generator().manual_seed(seed)
    sizes = dataset.layer_sizes(block.hidden)
    model = models.build(block, sizes, device, generator)
    epochs = train(
        model,
        models.OPTIMIZERS[block.how](model, block.lr).step,
        models.as_tensors(dataset.train, device),
        models.as_tensors(dataset.test, device),
        epochs=block.epochs,
        batch_size=block.batch_size,
        dtype=getattr(torch, block.dtype),
        shuffle=block.shuffle,
        drop_last=block.drop_last,
        generator=generator,
    )
    history = []
    with logging_redirect_tqdm():
        for epoch in tqdm(epochs, total=block.epochs, unit="epoch", disable=None):
            log.info(
                "epoch %d/%d: train loss %.5f, train accuracy %.5f, test accuracy %.5f",
                epoch.epoch,
                block.epochs,
                *epoch[1:4],
            )
            if not math.isfinite(epoch.train_loss):
                raise UserError(
                    f"training diverged: the loss of epoch {epoch.epoch} is "
                    f"{epoch.train_loss}; lower the learning rate, now {block.lr}"
                )
            history.append(epoch)

    write_model(Path(f"models/{name}.safetensors"), models.layers(model))
    write_json(
        Path(f"metrics/train/{name}.json"),
        {
            "train_loss": epoch.train_loss,
            "train_acc": epoch.train_acc,
            "batches": sum(epoch.batches for epoch in history),
        },
    )
    write_csv(
        Path(f"plots/history/{name}.csv"),
        HISTORY_COLUMNS,
        (epoch[:4] for epoch in history),
    )


def fit_by_solver(name: str, dataset: Dataset, fit: Fit) -> None:
    """Fit scikit-learn's logistic regression: iterations, but no epochs, so no history."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from threadpoolctl import threadpool_limits

    features, targets = as_matrix(dataset.train), dataset.train.targets
    rows = np.bincount(targets, minlength=len(dataset.class_names))
    if len(rows) < 2 or not rows.all():
        raise UserError(
            f"models.{name} needs training rows of two classes and of each class, "
            f"got {rows.tolist()} of {', '.join(dataset.class_names)}"
        )
    model = LogisticRegression(C=fit.C, max_iter=fit.max_iter)
    with threadpool_limits(1):  # another number of threads, other bytes
        model.fit(features, targets)
    weight, bias = model.coef_, model.intercept_
    if (
        len(dataset.class_names) == 2
    ):  # scikit-learn keeps the second class's logit only
        weight, bias = (np.stack([0 * row, row]) for row in (weight[0], bias[0]))
    iterations = int(model.n_iter_[0])
    log.info("%d iterations of the solver", iterations)

    write_model(Path(f"models/{name}.safetensors"), [(weight, bias)])
    write_json(
        Path(f"metrics/train/{name}.json"),
        {
            "train_loss": float(log_loss(targets, model.predict_proba(features))),
            "train_acc": float(model.score(features, targets)),
            "batches": iterations,
        },
    )
    write_csv(Path(f"plots/history/{name}.csv"), HISTORY_COLUMNS, [])


if __name__ == "__main__":
    run(main)
