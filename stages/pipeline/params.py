"""params.yaml: read in one place, each entry checked by the schema of those who use it."""

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from stages.pipeline.errors import UserError

Schema = TypeVar("Schema")

Count = Annotated[int, Field(ge=1)]
# upper bounds keep a slip of the finger from filling the memory, or from overflowing
UpTo20 = Annotated[int, Field(ge=1, le=20)]
UpTo1000 = Annotated[int, Field(ge=1, le=1000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Positive = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
Rate = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class Section(BaseModel):
    """A mapping of params.yaml: no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Loader(yaml.SafeLoader):
    """Reads YAML with the floats of YAML 1.2, as DVC does: 1e5 is a number."""


Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+$"),
    list("-+0123456789"),
)


def load_params(
    key: str, schema: type[Schema], path: Path = Path("params.yaml")
) -> Schema:
    """Read and check an entry of params.yaml.

    Args:
        key: where it stands, as `train` or `models.mlp_xor_scratch`; "" for all there is.
        schema: a Section, or any other type that pydantic knows.
        path: of the file.

    Raises:
        UserError: it is not YAML, has no such entry, or the entry breaks its schema; one
            sentence that names the key, what is expected and what was given.
    """
    try:
        entry = yaml.load(path.read_text(encoding="utf-8"), Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path} is not valid YAML: {reason}") from error
    for name in filter(None, key.split(".")):
        if not isinstance(entry, dict) or name not in entry:
            known = ", ".join(map(str, entry)) if isinstance(entry, dict) else entry
            raise UserError(f"{path} has no {key}; it has {known}")
        entry = entry[name]
    try:
        return TypeAdapter(schema).validate_python(entry)
    except ValidationError as error:
        # a misspelt key is missing, too: what was written says more than what was not
        first = min(error.errors(), key=lambda e: e["type"] == "missing")
        keys = [key, *written_keys(first, entry)]
        raise UserError(
            f"{path}: {sentence('.'.join(filter(None, keys)), first)}"
        ) from error


def written_keys(error: ErrorDetails, entry: Any) -> list[str]:
    """Return where an error lies, by the keys of the entry.

    Pydantic's location has more: the tag of the type chosen, or that a key is meant.
    """
    keys = []
    for part in error["loc"]:
        try:
            entry = entry[part]
        except (KeyError, IndexError, TypeError):
            continue
        keys.append(str(part))
    if error["type"] == "missing":
        keys.append(str(error["loc"][-1]))
    return keys


def sentence(key: str, error: ErrorDetails) -> str:
    """Say a pydantic error as `train.lr must be > 0, got -1`."""
    match error["type"], error.get("ctx"):
        case "extra_forbidden", _:
            return f"{key} is not a known key"
        case "missing", _:
            return f"{key} is missing"
        case "union_tag_not_found", {"discriminator": tag}:
            return f"{key}.{tag.strip(chr(39))} is missing"
        case "union_tag_invalid", {
            "discriminator": name,
            "tag": tag,
            "expected_tags": tags,
        }:
            return f"{key}.{name.strip(chr(39))} must be {tags}, got {tag!r}"
        case "string_pattern_mismatch", _:
            return f"{key} must be named by small letters, digits and _ alone"
        case "too_short", {"min_length": least}:
            return f"{key} must have at least {least} entry, got {error['input']!r}"
        case (("model_type" | "model_attributes_type"), _):
            key = key or "the file"
            return f"{key} must be a mapping of keys, got {error['input']!r}"
        case "value_error", {"error": reason}:
            return f"{key}.{reason}"
    message = (
        error["msg"]
        .replace("Input should be", "must be")
        .replace("greater than or equal to", ">=")
        .replace("greater than", ">")
        .replace("less than or equal to", "<=")
        .replace("less than", "<")
    )
    return f"{key} {message}, got {error['input']!r}"
