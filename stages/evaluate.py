"""Measure a model on its whole test set: metrics, confusion and a picture of predictions."""

import logging
from pathlib import Path

import torch

from charts.images import draw_predicted_images
from charts.scatter import draw_predicted_points
from pipeline import models
from pipeline.command import run
from pipeline.inputs import read_dataset
from pipeline.outputs import write_csv, write_figure, write_json
from pipeline.params import load_params
from scratch.metrics import accuracy, confusion_matrix, macro_f1, per_class_accuracy
from scratch.softmax_regression import cross_entropy

log = logging.getLogger(__name__)


def main(name: str) -> None:
    block = load_params().model(name)
    dataset = read_dataset(Path(block.data))
    device = models.reproducible_device()
    model = models.build(block, dataset, device, torch.Generator())
    models.restore(Path(f"models/{name}.safetensors"), list(model.parameters()))

    features, targets = models.as_tensors(dataset.test, block.dtype, device)
    with torch.no_grad():
        logits = model(features)
    predictions = logits.argmax(dim=1)
    confusion = confusion_matrix(targets, predictions, len(dataset.class_names))
    test_acc = accuracy(logits, targets)
    log.info("test accuracy %.5f on %d rows", test_acc, len(targets))

    class_names = dataset.class_names
    write_json(
        Path(f"metrics/test/{name}.json"),
        {
            "accuracy": test_acc,
            "loss": cross_entropy(logits, targets).item(),
            "macro_f1": macro_f1(confusion),
            "rows": len(targets),
            "per_class_accuracy": list(zip(class_names, per_class_accuracy(confusion))),
        },
    )
    predicted = predictions.cpu().numpy()
    write_csv(
        Path(f"plots/confusion/{name}.csv"),
        ["actual", "predicted"],
        (
            (class_names[target], class_names[prediction])
            for target, prediction in zip(dataset.test.targets, predicted, strict=True)
        ),
    )
    draw = draw_predicted_images if dataset.has_images else draw_predicted_points
    figure = draw(name, *dataset.test, predicted, class_names)
    write_figure(Path(f"plots/images/predictions/{name}.png"), figure)


if __name__ == "__main__":
    run(main)
