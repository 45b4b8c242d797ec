"""Train a model: models/M.safetensors, its metrics and its history, epoch by epoch."""

import logging
from pathlib import Path

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from byhand.datasets.folder import Dataset, as_matrix
from byhand.pipeline.outputs import write_arrays, write_csv, write_json
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import GradientModel, Logistic, load_model_and_data
from byhand.training.ranks import Ranks, met

log = logging.getLogger(__name__)


def main(name: str) -> None:
    block, dataset = load_model_and_data(name)
    with met(name, block, sum(dataset.train_rows)) as ranks:
        if isinstance(block, Logistic):
            arrays, metrics, history = fit_by_solver(block, dataset)
        else:
            arrays, metrics, history = train_by_gradient(block, dataset, ranks)
    if ranks.rank > 0:  # every rank has the same results
        return
    write_arrays(Path(f"models/{name}.safetensors"), arrays)
    write_json(Path(f"metrics/train/{name}.json"), metrics)
    write_csv(
        Path(f"plots/history/{name}.csv"),
        ["epoch", "train_loss", "train_acc", "test_acc"],
        history,
    )


def train_by_gradient(block: GradientModel, dataset: Dataset, ranks: Ranks):
    """Return a model's arrays, its metrics and its history, an epoch a row.

    By hand or by a library: the loop is the same.
    """
    from byhand.training.descent import start
    from byhand.training.models import arrays

    model, epochs = start(block, dataset, load_params("seed", Seed), ranks)
    history = []
    quiet = ranks.rank > 0 or None  # None: where there is no terminal
    with logging_redirect_tqdm():
        for epoch in tqdm(epochs, total=block.epochs, unit="epoch", disable=quiet):
            log.info(
                "epoch %d/%d: train loss %.5f, train accuracy %.5f, test accuracy %.5f",
                epoch.epoch,
                block.epochs,
                *epoch[1:4],
            )
            history.append(epoch)
    metrics = {
        "train_loss": epoch.train_loss,
        "train_acc": epoch.train_acc,
        "batches": sum(epoch.batches for epoch in history),
    }
    return arrays(model), metrics, [epoch[:4] for epoch in history]


def fit_by_solver(block: Logistic, dataset: Dataset):
    """Return the same for scikit-learn's solver: it has no epochs, and so no history."""
    from byhand.sklearn.logistic import Logistic

    model = Logistic()
    matrix, targets = as_matrix(dataset.train), dataset.train.targets
    metrics = model.fit(matrix, targets, block.C, block.max_iter)
    log.info("%d iterations of the solver", metrics["batches"])
    return model.arrays(), metrics, []
