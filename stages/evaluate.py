"""Measure a model on its whole test set: metrics, the confusion matrix and a picture."""

import logging
from pathlib import Path

import numpy as np

from byhand.charts.images import draw_predicted_images
from byhand.charts.scatter import draw_predicted_points
from byhand.datasets.folder import read_test
from byhand.evaluation.metrics import (
    accuracy,
    confusion_matrix,
    cross_entropy,
    macro_f1,
    per_class_accuracy,
)
from byhand.pipeline.outputs import write_csv, write_figure, write_json
from byhand.training.trained import read_trained

log = logging.getLogger(__name__)


def main(name: str) -> None:
    trained = read_trained(Path(f"models/{name}.safetensors"))
    about = trained.about
    class_names, folder = about.class_names, about.block.data
    dataset = read_test(folder, class_names, about.columns, about.shape)
    targets = dataset.test.targets
    logits = trained.logits(dataset.test.features, folder)
    predictions = logits.argmax(axis=1)
    confusion = confusion_matrix(targets, predictions, len(class_names))
    log.info("test accuracy %.5f on %d rows", accuracy(confusion), len(targets))

    write_json(
        Path(f"metrics/test/{name}.json"),
        {
            "accuracy": accuracy(confusion),
            "loss": cross_entropy(logits, targets),
            "macro_f1": macro_f1(confusion),
            "rows": len(targets),
            "per_class_accuracy": list(zip(class_names, per_class_accuracy(confusion))),
        },
    )
    names = np.array(class_names)
    write_csv(
        Path(f"plots/confusion/{name}.csv"),
        ["actual", "predicted"],
        zip(names[targets], names[predictions], strict=True),
    )
    draw = draw_predicted_images if dataset.has_images else draw_predicted_points
    figure = draw(name, dataset, predictions)
    write_figure(Path(f"plots/images/predictions/{name}.png"), figure)
