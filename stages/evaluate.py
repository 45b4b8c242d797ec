"""Measure a model on its whole test set: metrics, confusion and a picture of predictions."""

import logging
from pathlib import Path

from pipeline.command import run

from charts.images import draw_predicted_images
from charts.scatter import draw_predicted_points
from evaluation.metrics import (
    accuracy,
    confusion_matrix,
    cross_entropy,
    macro_f1,
    per_class_accuracy,
)
from evaluation.network import logits
from pipeline.inputs import as_matrix, read_dataset
from pipeline.model_files import read_model
from pipeline.outputs import write_csv, write_figure, write_json
from pipeline.params import load_params

log = logging.getLogger(__name__)


def main(name: str) -> None:
    block = load_params().model(name)
    dataset = read_dataset(Path(block.data))
    layers = read_model(
        Path(f"models/{name}.safetensors"), dataset.layer_sizes(block.hidden)
    )
    class_names, (_, targets) = dataset.class_names, dataset.test
    outputs = logits(layers, as_matrix(dataset.test, block.dtype))
    predictions = outputs.argmax(axis=1)
    confusion = confusion_matrix(targets, predictions, len(class_names))
    log.info("test accuracy %.5f on %d rows", accuracy(confusion), len(targets))

    write_json(
        Path(f"metrics/test/{name}.json"),
        {
            "accuracy": accuracy(confusion),
            "loss": cross_entropy(outputs, targets),
            "macro_f1": macro_f1(confusion),
            "rows": len(targets),
            "per_class_accuracy": list(zip(class_names, per_class_accuracy(confusion))),
        },
    )
    write_csv(
        Path(f"plots/confusion/{name}.csv"),
        ["actual", "predicted"],
        (
            (class_names[target], class_names[prediction])
            for target, prediction in zip(targets, predictions, strict=True)
        ),
    )
    draw = draw_predicted_images if dataset.has_images else draw_predicted_points
    figure = draw(name, *dataset.test, predictions, class_names)
    write_figure(Path(f"plots/images/predictions/{name}.png"), figure)


if __name__ == "__main__":
    run(main)
