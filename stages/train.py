"""Train a model: models/M.safetensors, its metrics and its history, epoch by epoch."""

import logging
import re
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from byhand.datasets.folder import read_dataset
from byhand.pipeline.outputs import write_csv, write_json
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model
from byhand.training.epoch import Epoch
from byhand.training.ranks import met
from byhand.training.start import start
from byhand.training.trained import About, write_trained

log = logging.getLogger(__name__)

REQUIREMENTS = Path(__file__).parents[1] / "requirements"
LONG = 1000  # epochs; from here on, to write them all each time would take longest
FIGURES = ["train_loss", "train_acc", "test_acc"]
HELD_OUT = ["validation_loss", "validation_acc"]  # if rows are held out


def main(name: str) -> None:
    block, seed = load_model(name), load_params("seed", Seed)
    whole = read_dataset(block.data)
    dataset = block.prepared(whole, seed)
    block.check(name, dataset.shape, dataset.train_rows)
    figures = FIGURES + HELD_OUT * bool(dataset.validation)
    path, history = Path(f"plots/history/{name}.csv"), []

    def write_history(quietly: bool) -> None:
        rows = ([e.epoch, *(getattr(e, f) for f in figures)] for e in history)
        write_csv(path, ["epoch", *figures], rows, quietly)

    with met(name, block, sum(dataset.train_rows)) as ranks:
        is_first = ranks.rank == 0  # every rank has the same results
        model, train = start(block, dataset, seed, ranks)
        epochs = getattr(block, "epochs", 0)  # scikit-learn's solver has none

        def watch(epoch: Epoch) -> None:
            bar.update()
            values = (f"{f.replace('_', ' ')} {getattr(epoch, f):.5f}" for f in figures)
            log.info("epoch %d/%d: %s", epoch.epoch, epochs, ", ".join(values))
            history.append(epoch)
            if is_first and (len(history) < LONG or len(history) % 100 == 0):
                write_history(quietly=True)  # for who looks on while it trains

        # None: no bar where there is no terminal
        with (
            logging_redirect_tqdm(),
            tqdm(total=epochs, unit="epoch", disable=None if is_first else True) as bar,
        ):
            final = train(watch)
    if not is_first:
        return
    scale = dataset.scale and {
        name: values.tolist() for name, values in dataset.scale._asdict().items()
    }
    about = About(
        block=block,
        class_names=dataset.class_names,
        columns=dataset.columns,
        shape=list(dataset.shape),
        scale=scale,
        seed=seed,
        train_sha256=whole.train.sha256(),
        versions=versions(block.how),
    )
    write_trained(Path(f"models/{name}.safetensors"), model, about)
    metrics = {name: getattr(final, name) for name in figures if name != "test_acc"}
    metrics["batches"] = sum(epoch.batches for epoch in history) or final.batches
    known = {key: value for key, value in metrics.items() if value is not None}
    write_json(Path(f"metrics/train/{name}.json"), known)
    write_history(quietly=False)


def versions(how: str) -> dict[str, str]:
    """Return the versions of the packages that decide a model's bytes."""
    text = (REQUIREMENTS / f"{how}.in").read_text()
    return {
        name: version(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    }
