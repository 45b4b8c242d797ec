"""The schema of params.yaml's section titanic."""

from typing import Annotated, Literal

from pydantic import Field

from byhand.pipeline.params import Section, Seed, UpTo1000


class Titanic(Section):
    """AutoML on Kaggle's Titanic."""

    features: Literal["raw", "engineered"]
    train_rate: Annotated[float, Field(ge=0.5, le=0.9)]
    split_seed: Seed
    folds: Annotated[int, Field(ge=2, le=20)]
    repetitions: Annotated[int, Field(ge=2, le=1000)]
    max_models: UpTo1000


SECTIONS = {"titanic": Titanic}
