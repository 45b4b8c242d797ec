"""params.yaml: read in one place; each entry is checked by a schema."""

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from byhand.pipeline.errors import UserError

Schema = TypeVar("Schema")

Count = Annotated[int, Field(ge=1)]
# upper bounds keep a typing error from filling the memory or from overflowing
UpTo20 = Annotated[int, Field(ge=1, le=20)]
UpTo1000 = Annotated[int, Field(ge=1, le=1000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
NotNegative = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
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
        key: of the entry, as `train` or `models.mlp_xor_scratch`; "" for all entries.
        schema: a Section, or any other type that pydantic knows.
        path: of the file.

    Raises:
        UserError: the file is not YAML or has no such entry, or the entry breaks its schema.
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
    return checked(entry, schema, str(path), key)


def checked(entry: Any, schema: type[Schema], place: str, key: str = "") -> Schema:
    """Return an entry as its schema has it.

    place: the file of the entry, key: its place there, for the UserError of a wrong entry.
    """
    try:
        return TypeAdapter(schema).validate_python(entry)
    except ValidationError as error:
        # a misspelt key also counts as missing: the error about the written key says more
        first = min(error.errors(), key=lambda e: e["type"] == "missing")
        keys = [key, *written_keys(first, entry)]
        raise UserError(
            f"{place}: {sentence('.'.join(filter(None, keys)), first)}"
        ) from error


def written_keys(error: dict[str, Any], entry: Any) -> list[str]:
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


def sentence(key: str, error: dict[str, Any]) -> str:
    """Say a pydantic error as `train.lr must be > 0, got -1`."""
    match error["type"], error.get("ctx"):
        case "extra_forbidden", _:
            return f"{key} is not a known key"
        case "missing", _:
            return f"{key} is missing"
        case "union_tag_not_found", {"discriminator": tag}:
            return f"{key}.{tag.strip(chr(39))} is missing"
        case "union_tag_invalid", {"discriminator": name, "tag": tag, **tags}:
            expected = tags["expected_tags"]
            return f"{key}.{name.strip(chr(39))} must be {expected}, got {tag!r}"
        case "string_pattern_mismatch", _:
            return f"{key} must be named by small letters, digits and _ alone"
        case "too_short", {"min_length": least}:
            return f"{key} must have at least {least} entry, got {error['input']!r}"
        case (("model_type" | "model_attributes_type"), _):
            key = key or "the file"
            return f"{key} must be a mapping of keys, got {error['input']!r}"
        case "value_error", {"error": reason}:
            return f"{key}.{reason}"
    message = error["msg"].replace("Input should be", "must be")
    for words, sign in {"greater than": ">", "less than": "<"}.items():
        message = message.replace(words, sign).replace(
            f"{sign} or equal to", f"{sign}="
        )
    return f"{key} {message}, got {error['input']!r}"
