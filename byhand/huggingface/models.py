"""A trained model in the format of the Hub: a folder that `pipeline()` loads."""

import re
from operator import itemgetter
from pathlib import Path

import torch
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from transformers import (
    PreTrainedModel,
    ResNetConfig,
    ResNetForImageClassification,
    ViTImageProcessor,
)

import byhand.torch
from byhand.huggingface import pretrained
from byhand.training.bases import GradientModel
from byhand.training.blocks import Model
from byhand.training.kinds.resnet import ResNet
from byhand.training.rooms import find

TEMPLATE = Path(__file__).with_name("cards") / "model.md"
TORCH = Path(byhand.torch.__file__).parent
WAYS = {
    "scratch": "by hand, gradients by formula",
    "autograd": "by hand, gradients by an autograd engine written by hand",
    "torch": "by `torch.nn`",
    "trainer": "by transformers' `Trainer`",
}
# on the Hub, this file joins the class of a kind and pretrained.py
MODEL = """from .{kind} import {name}
from .pretrained import BookModel


class Model(BookModel):
    make = {name}
"""


def is_own(kind: str) -> bool:
    """Return whether a kind's architecture is ours by torch.nn."""
    return (TORCH / f"{kind}.py").exists()


def has_form(block: Model) -> bool:
    """Return whether the Hub takes a model: by our architecture, or transformers' ResNet."""
    return is_own(block.kind) or isinstance(block, ResNet)


def write_model(
    folder: Path,
    block: GradientModel,
    arrays: list[torch.Tensor],
    shape: tuple[int, int, int],
    class_names: list[str],
) -> None:
    """Write config.json, model.safetensors, preprocessor_config.json, and our code if needed.

    arrays are parameters and buffers, in the order of layers, which every `how` shares;
    shape is (channels, height, width).
    """
    model = architecture(block, shape, class_names)
    model.load_state_dict(dict(zip(model.state_dict(), arrays, strict=True)))
    model.save_pretrained(folder)
    if is_own(block.kind):
        write_code(folder, block.kind)
    size = {"height": shape[1], "width": shape[2]}
    ViTImageProcessor(size=size, do_normalize=False).save_pretrained(folder)


def architecture(
    block: GradientModel, shape: tuple[int, int, int], class_names: list[str]
) -> PreTrainedModel:
    """Return the block's model, with weights that are still to be set."""
    arguments = block.arguments(shape, len(class_names))
    names = dict(enumerate(class_names))
    labels = {"id2label": names, "label2id": {n: i for i, n in names.items()}}
    if not is_own(block.kind):
        return ResNetForImageClassification(ResNetConfig(**arguments | labels))
    config = pretrained.BookConfig(
        arguments, grey=shape[0] == 1, dtype=block.dtype, **labels
    )
    config.auto_map = {
        "AutoConfig": "pretrained.BookConfig",
        "AutoModelForImageClassification": "model.Model",
    }
    base = {"make": find("torch", block.kind)}
    return type("Model", (pretrained.BookModel,), base)(config)


def write_code(folder: Path, kind: str) -> None:
    """Write the code of a kind: model.py, and the files that model.py needs."""
    name = find("torch", kind).__name__
    (folder / "model.py").write_text(MODEL.format(kind=kind, name=name))
    files = [Path(pretrained.__file__), TORCH / f"{kind}.py"]
    for file in files:  # the list grows by the imports of its files
        code = file.read_text(encoding="utf-8")
        imported = re.findall(r"from byhand\.torch\.(\w+)", code)
        files += [TORCH / f"{other}.py" for other in imported]
        code = code.replace("from byhand.torch.", "from .")
        (folder / file.name).write_text(code, encoding="utf-8")


def write_card(
    folder: Path,
    name: str,
    block: GradientModel,
    seed: int,
    dataset: str,
    train: dict,
    test: dict,
) -> None:
    """Write README.md; dataset is a name for people, train and test are the metrics."""
    is_fashion = dataset == "Fashion-MNIST"
    results = [
        EvalResult(
            task_type="image-classification",
            dataset_type="fashion_mnist" if is_fashion else "imagefolder",
            dataset_name=dataset,
            dataset_split="test",
            metric_type=metric_type,
            metric_name=metric_name,
            metric_value=value,
        )
        for metric_type, metric_name, value in (
            ("accuracy", "Accuracy", test["accuracy"]),
            ("f1", "Macro F1", test["macro_f1"]),
            ("loss", "Cross-entropy, nats", test["loss"]),
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
        kind=block.title[0].upper() + block.title[1:],
        way=WAYS[block.how],
        ours=is_own(block.kind),
        settings=block.model_dump(exclude_none=True, exclude={"recipe", "data"}),
        seed=seed,
        dataset=dataset,
        train=train,
        test=test,
        hardest=min(test["per_class_accuracy"], key=itemgetter(1)),
        easiest=max(test["per_class_accuracy"], key=itemgetter(1)),
        as_code=as_code,
    )
    card.save(folder / "README.md")


def as_code(name: str) -> str:
    """Return a name as code in Markdown, which shows it letter by letter."""
    name = " ".join(name.split())  # on one line
    ticks = "`" * (1 + max(map(len, re.findall("`+", name)), default=0))
    return f"{ticks} {name} {ticks}" if "`" in name else f"`{name}`"
