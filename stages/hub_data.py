"""Write data/hub/: both datasets in the Hub's format, parquet with a card."""

from pathlib import Path

from jinja2 import Template

from byhand.datasets.folder import read_dataset
from byhand.datasets.settings import FASHION_MNIST, SampleSet
from byhand.huggingface.data import write_dataset
from byhand.pipeline.outputs import replacing_folder
from byhand.pipeline.params import Name, load_params

CARDS = Path("byhand/huggingface/cards")


def main() -> None:
    sample_sets = load_params("samples", dict[Name, SampleSet])
    fashion_mnist = (CARDS / "fashion_mnist.md").read_text("utf-8")
    samples = Template((CARDS / "samples.md").read_text("utf-8"))
    with replacing_folder(Path("data/hub")) as folder:
        write_dataset(
            folder / "fashion_mnist",
            {"default": read_dataset(FASHION_MNIST)},
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
