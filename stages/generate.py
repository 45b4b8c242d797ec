"""Generate a set of samples in clusters: data/samples/S.csv, in shuffled order."""

from pathlib import Path

from pipeline.command import run

from datasets.samples import generate
from pipeline.outputs import write_csv
from pipeline.params import load_params


def main(name: str) -> None:
    params = load_params()
    sample_set = params.sample_set(name)
    samples = generate(
        sample_set.clusters,
        sample_set.merge,
        seed=params.seed,
        **params.generate.model_dump(),
    )
    x, y, z = samples.points.T.tolist()
    write_csv(
        Path(f"data/samples/{name}.csv"),
        ["x", "y", "z", "cluster", "label"],
        zip(x, y, z, samples.cluster.tolist(), samples.label.tolist(), strict=True),
    )


if __name__ == "__main__":
    run(main)
