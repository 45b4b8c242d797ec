"""Write data/hub/: both datasets as the Hugging Face Hub takes them, parquet with a card."""

from pathlib import Path

from jinja2 import Template

from stages.datasets.folder import read_dataset
from stages.datasets.settings import SampleSet
from stages.huggingface.data import write_dataset
from stages.pipeline.files import replacing_folder
from stages.pipeline.params import Name, load_params

CARDS = Path("stages/huggingface/cards")


def main() -> None:
    sample_sets = load_params("samples", dict[Name, SampleSet])
    fashion_mnist = (CARDS / "fashion_mnist.md").read_text("utf-8")
    samples = Template((CARDS / "samples.md").read_text("utf-8"))
    with replacing_folder(Path("data/hub")) as folder:
        write_dataset(
            folder / "fashion_mnist",
            {"default": read_dataset("data/FashionMNIST/raw")},
            fashion_mnist,
            license="mit",
            task_categories=["image-classification"],
            pretty_name="Fashion-MNIST",
        )
        write_dataset(
            folder / "samples",
            {name: read_dataset(f"data/split/{name}") for name in sample_sets},
            samples.render(sample_sets=sample_sets),
            license="mit",
            task_categories=["tabular-classification"],
            pretty_name="Samples in clusters",
        )
