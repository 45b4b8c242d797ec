"""params.yaml: its schema, and the one place where it is read and checked."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipeline.errors import UserError

Count = Annotated[int, Field(ge=1)]
# upper bounds keep a slip of the finger from filling the memory, or from overflowing
UpTo20 = Annotated[int, Field(ge=1, le=20)]
UpTo1000 = Annotated[int, Field(ge=1, le=1000)]
Units = Annotated[int, Field(ge=1, le=10_000)]
Points = Annotated[int, Field(ge=1, le=10_000_000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Positive = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
Rate = Annotated[float, Field(gt=0, lt=1)]


class Section(BaseModel):
    """A section of params.yaml: no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


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
        """Refuse a last label with fewer clusters than the others."""
        if self.clusters % self.merge:
            raise ValueError(
                f"merge must divide clusters ({self.clusters}), got {self.merge}"
            )
        return self


class Split(Section):
    """How samples are split."""

    train_rate: Rate


class Train(Section):
    """Gradient descent, unless a model's block says otherwise."""

    lr: Positive
    epochs: Count


class Fit(Section):
    """scikit-learn's solver."""

    C: Positive
    max_iter: Count


class Titanic(Section):
    """AutoML on Kaggle's Titanic."""

    features: Literal["raw", "engineered"]
    train_rate: Annotated[float, Field(ge=0.5, le=0.9)]
    split_seed: Seed
    folds: Annotated[int, Field(ge=2, le=20)]
    max_models: UpTo1000


class GradientModel(Section):
    """A model trained by gradient descent."""

    kind: Literal["softmax", "mlp"]
    how: Literal["scratch", "torch"]
    data: str
    recipe: Literal["train"]
    hidden: list[Units] = []
    batch_size: Count
    dtype: Literal["float32", "float64"]
    shuffle: bool
    drop_last: bool
    init_std: Positive
    lr: Positive | None = None
    epochs: Count | None = None

    @model_validator(mode="after")
    def hidden_fits_kind(self):
        """A perceptron has hidden layers, softmax regression has none."""
        if (self.kind == "mlp") != bool(self.hidden):
            expected = "at least one size" if self.kind == "mlp" else "no sizes"
            raise ValueError(
                f"hidden must have {expected} for kind {self.kind}, got {self.hidden}"
            )
        return self


class SolverModel(Section):
    """A model fitted by scikit-learn."""

    kind: Literal["logistic"]
    how: Literal["sklearn"]
    data: str
    recipe: Literal["fit"]
    # what the solver leaves no choice about
    hidden: ClassVar[list[int]] = []
    dtype: ClassVar[str] = "float64"


Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Model = Annotated[GradientModel | SolverModel, Field(discriminator="how")]


class Params(Section):
    """params.yaml as a whole."""

    seed: Seed
    preview: Preview
    generate: Generate
    samples: Annotated[dict[Name, SampleSet], Field(min_length=1)]
    split: Split
    train: Train
    fit: Fit
    models: Annotated[dict[Name, Model], Field(min_length=1)]
    titanic: Titanic

    def model(self, name: str) -> GradientModel | SolverModel:
        """Return a model's block; lr and epochs are train's where it has none of its own.

        Raises:
            UserError: params.yaml has no such model.
        """
        block = pick("models", self.models, name)
        if isinstance(block, SolverModel):
            return block
        own = {k: getattr(block, k) for k in ("lr", "epochs")}
        return block.model_copy(
            update={
                key: getattr(self.train, key) if value is None else value
                for key, value in own.items()
            }
        )

    def sample_set(self, name: str) -> SampleSet:
        """Return a sample set's block.

        Raises:
            UserError: params.yaml has no such sample set.
        """
        return pick("samples", self.samples, name)


def pick(section: str, blocks: dict[str, Any], name: str) -> Any:
    """Return the block of that name, or say which there are."""
    if name not in blocks:
        raise UserError(
            f"params.yaml has no {section}.{name}; it has {', '.join(blocks)}"
        )
    return blocks[name]


def load_params(path: Path = Path("params.yaml")) -> Params:
    """Read and check params.yaml, as DVC reads it (YAML 1.2: 1e5 is a number).

    Raises:
        UserError: it is not YAML, or a key breaks the schema; one sentence that names the
            key, what is expected and what was given.
    """
    try:
        raw = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} is not valid YAML: {' '.join(str(error).split())}"
        ) from error
    try:
        return Params.model_validate(raw)
    except ValidationError as error:
        # a misspelt key is missing, too: what was written says more than what was not
        first = min(error.errors(), key=lambda e: e["type"] == "missing")
        raise UserError(f"{path}: {sentence(first)}") from error


def sentence(error: ErrorDetails) -> str:
    """Say a pydantic error as `train.lr must be > 0, got -1`."""
    location = [str(part) for part in error["loc"] if part != "[key]"]
    if location[:1] == ["models"]:
        del location[2:3]  # behind a model's name, pydantic puts its `how`
    key = ".".join(location)
    match error["type"]:
        case "extra_forbidden":
            return f"{key} is not a known key"
        case "missing":
            return f"{key} is missing"
        case "union_tag_not_found":
            return f"{key}.how is missing"
        case "union_tag_invalid":
            ctx = error["ctx"]
            return f"{key}.how must be {ctx['expected_tags']}, got {ctx['tag']!r}"
        case "string_pattern_mismatch":
            return f"{key} must be named by small letters, digits and _ alone"
        case "too_short":
            return f"{key} must have at least one block, got {error['input']!r}"
        case "model_type":
            key = key or "the file"
            return f"{key} must be a mapping of keys, got {error['input']!r}"
        case "value_error":
            return f"{key}.{error['ctx']['error']}"
    message = (
        error["msg"]
        .replace("Input should be", "must be")
        .replace("greater than or equal to", ">=")
        .replace("greater than", ">")
        .replace("less than or equal to", "<=")
        .replace("less than", "<")
    )
    return f"{key} {message}, got {error['input']!r}"
