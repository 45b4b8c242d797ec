"""Generate a set of samples in clusters, shuffled: data/samples/S.csv."""

from pathlib import Path

from byhand.datasets.samples import generate
from byhand.datasets.settings import Generate, SampleSet
from byhand.pipeline.outputs import write_csv
from byhand.pipeline.params import Seed, load_params


def main(name: str) -> None:
    sample_set = load_params(f"samples.{name}", SampleSet)
    samples = generate(
        sample_set.clusters,
        sample_set.merge,
        seed=load_params("seed", Seed),
        **load_params("generate", Generate).model_dump(),
    )
    x, y, z = samples.points.T.tolist()
    write_csv(
        Path(f"data/samples/{name}.csv"),
        ["x", "y", "z", "cluster", "label"],
        zip(x, y, z, samples.cluster.tolist(), samples.label.tolist(), strict=True),
    )
