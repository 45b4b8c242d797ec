"""Measure a model on its whole test set: metrics, the confusion matrix and a picture."""

import logging
from pathlib import Path

import numpy as np

from byhand.charts.images import draw_predicted_images
from byhand.charts.scatter import draw_predicted_points
from byhand.datasets.folder import Dataset, as_matrix
from byhand.evaluation.metrics import (
    accuracy,
    confusion_matrix,
    cross_entropy,
    macro_f1,
    per_class_accuracy,
)
from byhand.pipeline.outputs import (
    read_arrays,
    write_csv,
    write_figure,
    write_json,
)
from byhand.training.blocks import Logistic, Model, load_model_and_data

log = logging.getLogger(__name__)


def main(name: str) -> None:
    block, dataset = load_model_and_data(name, train_features=False)
    class_names, targets = dataset.class_names, dataset.test.targets
    logits = predict(Path(f"models/{name}.safetensors"), block, dataset)
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


def predict(path: Path, block: Model, dataset: Dataset) -> np.ndarray:
    """Return the logits (rows, classes) of the test set, by the model in a file."""
    if isinstance(block, Logistic):
        from byhand.sklearn import logistic

        model = logistic.Logistic()
        vars(model).update(read_arrays(path))
        return model.predict(as_matrix(dataset.test))

    from byhand.training import loop, models
    from byhand.training.device import reproducible_device

    classes = len(dataset.class_names)
    model = models.build(block, dataset.shape, classes, reproducible_device())
    models.read_model(path, model)
    return loop.predict(model, dataset.test.features).cpu().numpy()
