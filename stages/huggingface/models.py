"""A trained model as a folder that `pipeline()` loads and the Hub takes."""

from pathlib import Path

import torch
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from transformers import (
    PreTrainedModel,
    ResNetConfig,
    ResNetForImageClassification,
    ViTImageProcessor,
)

from stages.concise.pretrained import BookConfig, BookModel
from stages.training.blocks import GradientModel

TEMPLATE = Path(__file__).with_name("cards") / "model.md"
WAYS = {
    "scratch": "by hand, gradients by formula",
    "autograd": "by hand, gradients by an autograd engine written by hand",
    "torch": "by `torch.nn`",
    "trainer": "by transformers' `Trainer`",
}
# those that have a form on the Hub
KINDS = {
    "softmax": "Softmax regression",
    "mlp": "A multilayer perceptron",
    "lenet": "LeNet-5",
    "resnet": "A small ResNet",
}

BookConfig.register_for_auto_class()  # saved, a model brings its code along
BookModel.register_for_auto_class("AutoModelForImageClassification")


def write_model(
    folder: Path,
    block: GradientModel,
    arrays: list[torch.Tensor],
    shape: tuple[int, int, int],
    class_names: list[str],
) -> None:
    """Write config.json, model.safetensors, preprocessor_config.json, and our code if needed.

    Args:
        folder: to write to.
        block: the model's, complete.
        arrays: what it learnt, in the order of its layers: the same, whoever trained it.
        shape: (channels, height, width) of its images.
        class_names: of each target, from 0.
    """
    model = architecture(block, shape, class_names)
    model.load_state_dict(dict(zip(model.state_dict(), arrays, strict=True)))
    model.save_pretrained(folder)
    size = {"height": shape[1], "width": shape[2]}
    ViTImageProcessor(size=size, do_normalize=False).save_pretrained(folder)


def architecture(
    block: GradientModel, shape: tuple[int, int, int], class_names: list[str]
) -> PreTrainedModel:
    """Return a model of the block's shape, whose weights are yet to come."""
    arguments = block.arguments(shape, len(class_names))
    names = dict(enumerate(class_names))
    labels = {"id2label": names, "label2id": {n: i for i, n in names.items()}}
    if block.kind == "resnet":
        return ResNetForImageClassification(ResNetConfig(**arguments | labels))
    return BookModel(
        BookConfig(
            block.kind, arguments, grey=shape[0] == 1, dtype=block.dtype, **labels
        )
    )


def write_card(
    folder: Path,
    name: str,
    block: GradientModel,
    seed: int,
    dataset: str,
    train: dict,
    test: dict,
) -> None:
    """Write README.md: what the model is, what it can do, and how that was measured.

    Args:
        folder: to write to.
        name, block: the model's.
        seed: that it was trained from.
        dataset: its name.
        train, test: its metrics.
    """
    results = [
        EvalResult(
            task_type="image-classification",
            dataset_type="fashion_mnist"
            if dataset == "Fashion-MNIST"
            else "imagefolder",
            dataset_name=dataset,
            dataset_split="test",
            metric_type=key,
            metric_name=metric_name,
            metric_value=test[metric],
        )
        for key, metric_name, metric in (
            ("accuracy", "Accuracy", "accuracy"),
            ("f1", "Macro F1", "macro_f1"),
            ("loss", "Cross-entropy, nats", "loss"),
        )
    ]
    data = ModelCardData(
        license="mit",
        library_name="transformers",
        pipeline_tag="image-classification",
        tags=["deep-learning-by-hand", block.kind],
        model_name=name,
        eval_results=results,
    )
    card = ModelCard.from_template(
        data,
        template_path=str(TEMPLATE),
        name=name,
        block=block,
        kind=KINDS[block.kind],
        way=WAYS[block.how],
        ours=block.kind != "resnet",
        settings=block.model_dump(exclude_none=True, exclude={"recipe", "data"}),
        seed=seed,
        dataset=dataset,
        train=train,
        test=test,
        hardest=min(test["per_class_accuracy"], key=lambda pair: pair[1]),
        easiest=max(test["per_class_accuracy"], key=lambda pair: pair[1]),
    )
    card.save(folder / "README.md")
