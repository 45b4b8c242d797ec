"""The schema of params.yaml's sections for the data of chapters 2 to 4."""

from typing import Annotated

from pydantic import Field, model_validator

from byhand.pipeline.params import (
    Name,
    Positive,
    Rate,
    Section,
    Seed,
    UpTo20,
    UpTo1000,
)

FASHION_MNIST = "data/FashionMNIST/raw"  # where the stage download puts it
Points = Annotated[int, Field(ge=1, le=10_000_000)]


class Preview(Section):
    """The sample grid and the mini-batches that chapter 2 prints."""

    rows: UpTo20
    columns: UpTo20
    batch_size: Annotated[int, Field(ge=1, le=60_000)]
    resize: UpTo1000
    resize_batch_size: UpTo1000


class Generate(Section):
    """How samples are drawn; see datasets.samples.generate."""

    gen_seed: Seed
    space: Positive
    radius_std: Positive
    min_size: Points
    size_range: Annotated[int, Field(ge=0, le=10_000_000)]


class SampleSet(Section):
    """A set of samples in clusters."""

    clusters: UpTo1000
    merge: UpTo1000

    @model_validator(mode="after")
    def merge_divides_clusters(self):
        """Refuse settings by which the last label would have fewer clusters."""
        if self.clusters % self.merge:
            raise ValueError(
                f"merge must divide clusters ({self.clusters}), got {self.merge}"
            )
        return self


class Split(Section):
    """How samples are split."""

    train_rate: Rate


SECTIONS = {
    "preview": Preview,
    "generate": Generate,
    "samples": Annotated[dict[Name, SampleSet], Field(min_length=1)],
    "split": Split,
}
