"""A CSV as arrays: numbers in every column but `label`.

A file is read line by line, or by pyarrow if it is large. pyarrow is only faster: where it
refuses a file, the lines are read after all, and say which of them is wrong.
"""

import logging
import math
import re
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np
from tqdm import tqdm

from byhand.datasets.folder.labels import read_label
from byhand.datasets.folder.names import (
    check_names,
    listed,
    quoted,
)
from byhand.pipeline.errors import UserError

log = logging.getLogger(__name__)

LARGE = 1_000_000  # bytes; lines of fewer are read while pyarrow would be imported
AS_WRITTEN = {"newline": "", "encoding": "utf-8-sig", "errors": "surrogateescape"}
EXACT = 2**53  # up to here, float64 has every whole number
NUMBER = re.compile(r"[ \t]*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?[ \t]*")
FIELD = re.compile(r' *"((?:[^"]|"")*+)",|(?! *")([^,]*),')  # with quotes, or without


class Table(NamedTuple):
    """A CSV.

    columns: names of the features.
    features: (rows, columns) float64; (rows, 0) if they are not read.
    labels: the different labels.
    codes: (rows,) int32, the index in `labels` of each row's label.
    """

    columns: list[str]
    features: np.ndarray
    labels: list[str]
    codes: np.ndarray


def read_table(path: Path, with_features: bool = True) -> Table:
    """Read a CSV with a column `label` and at least one feature, or raise UserError."""
    header = read_header(path)
    table = None
    if (size := path.stat().st_size) >= LARGE:
        log.info("reading %s, %.0f MB", path, size / 1e6)
        table = read_large(path, header, with_features)
        if table is None:
            log.info("reading %s again, line by line", path)
    table = table or read_lines(path, header, with_features)
    low, high = table.features.min(axis=0), table.features.max(axis=0)
    if (rounded := np.flatnonzero(np.maximum(-low, high) >= EXACT)).size:
        log.warning(
            "%s has numbers of 2**53 or more in %s: they keep 15 to 17 digits, and are "
            "often the names of rows, which are no feature",
            *(path, listed([table.columns[i] for i in rounded])),
        )
    return table


def read_header(path: Path) -> list[str]:
    """Return the names of the columns, label among them."""
    with path.open(**AS_WRITTEN) as file:
        names = first_row(read_rows(file, path))
    if "label" not in names or len(names) < 2:
        raise UserError(
            f"{path} has columns {listed(names)}; "
            "expected label and at least one feature"
        )
    if "" in names or len(set(names)) < len(names):
        raise UserError(
            f"{path} has columns {listed(names)}; expected a name of its own for each"
        )
    check_names(f"{path}, line 1: column", names)
    return names


def first_row(rows: Iterator[tuple[str, list[str]]]) -> list[str]:
    """Return the first of `read_rows`, the names of columns, without spaces around them."""
    _, fields = next(rows, ("", [""]))
    return [field.strip(" \t") for field in fields]


def read_rows(file: TextIO, name: Path | str) -> Iterator[tuple[str, list[str]]]:
    """Yield the place, for messages, and the fields of the first line and all not empty.

    file: opened as `AS_WRITTEN`.
    """
    for number, line in enumerate(file, start=1):
        place = f"{name}, line {number}"
        try:
            line.encode()
        except UnicodeEncodeError as error:
            byte = ord(line[error.start]) - 0xDC00  # as surrogateescape keeps it
            raise UserError(
                f"{place} has the byte {byte:#04x}, which is not text in UTF-8"
            ) from error
        text = line.rstrip("\r\n")
        if number == 1:
            refuse_separators(name, text)
        if text or number == 1:
            yield place, split_fields(place, text)


def refuse_separators(name: Path | str, header: str) -> None:
    """Refuse a first line whose columns are separated by something else than commas."""
    if others := [repr(c) for c in ";\t|" if c in header and "," not in header]:
        raise UserError(
            f"{name} has columns {quoted(header.strip())}; "
            f"expected them separated by commas, not by {others[0]}"
        )


def split_fields(place: str, line: str) -> list[str]:
    """Return the fields of a line: quotes may stand around one, and are doubled in it."""
    if '"' not in line:
        return line.split(",")
    fields, end, line = [], 0, f"{line},"
    while end < len(line):
        if not (found := FIELD.match(line, end)):
            raise UserError(
                f"{place}: field {len(fields) + 1} is {quoted(line[end:-1])}, "
                "expected its closing quote before a comma or the end of the line"
            )
        inside, plain = found.groups()
        fields.append(plain if inside is None else inside.replace('""', '"'))
        end = found.end()
    return fields


def read_lines(path: Path, header: list[str], with_features: bool) -> Table:
    """Read the lines behind the header, as `read_table`."""
    columns = [name for name in header if name != "label"]
    features, codes, by_field, labels = array("d"), array("i"), {}, {}
    with path.open(**AS_WRITTEN) as file:
        rows = read_rows(file, path)
        next(rows)
        for place, fields in rows:
            check_fields(place, fields, header)
            field = fields.pop(header.index("label"))
            numbers = read_numbers(place, columns, fields)
            if field not in by_field:
                label = read_label(place, field)
                by_field[field] = labels.setdefault(label, len(labels))
            codes.append(by_field[field])
            if with_features:
                features.extend(numbers)
    if not codes:
        raise UserError(f"{path} has no rows")
    return as_table(header, features, labels, codes)


def check_fields(place: str, fields: list[str], header: list[str]) -> None:
    """Refuse a line with fewer or more fields than the first."""
    if len(fields) != len(header):
        raise UserError(
            f"{place} has {len(fields)} fields, expected {len(header)}: {listed(header)}"
        )


def read_numbers(place: str, columns: list[str], fields: list[str]) -> list[float]:
    """Return the numbers in a line's fields; `place` is for messages."""
    text = "".join(fields)
    # float() reads more than NUMBER: 1_000, other scripts' digits, nan. Without those it is
    # as strict, and twice as fast
    if text.isascii() and text.isprintable() and "_" not in text:
        with suppress(ValueError):
            numbers = list(map(float, fields))
            if all(map(math.isfinite, numbers)):
                return numbers
    numbers = [float(f) if NUMBER.fullmatch(f) else math.nan for f in fields]
    for column, field, number in zip(columns, fields, numbers, strict=True):
        if not math.isfinite(number):
            raise UserError(
                f"{place}: {column} is {quoted(field)}, expected a finite number, such as 1.5"
            )
    return numbers


def read_large(path: Path, header: list[str], with_features: bool) -> Table | None:
    """Return what `read_lines` returns, or None where the lines must be read.

    Quotes mean nothing to pyarrow here. So a number, a comma or a line break in quotes is
    left to the lines.
    """
    import pyarrow as pa
    from pyarrow import csv

    wanted = [name for name in header if name != "label" and with_features]
    types = {"label": pa.dictionary(pa.int32(), pa.string())}
    types |= dict.fromkeys(wanted, pa.float64())
    options = {
        "read_options": csv.ReadOptions(
            use_threads=False, skip_rows=1, column_names=header
        ),
        "parse_options": csv.ParseOptions(quote_char=False),
        "convert_options": csv.ConvertOptions(
            column_types=types, include_columns=list(types), null_values=[]
        ),
    }
    features, codes, labels = array("d"), array("i"), {}
    try:
        with (
            path.open("rb") as file,
            tqdm.wrapattr(file, "read", path.stat().st_size, disable=None) as watched,
            csv.open_csv(watched, **options) as batches,
        ):
            for batch in batches:
                fields, *numbers = batch.columns
                found = []
                for field in fields.dictionary.to_pylist():
                    label = read_label("", *split_fields("", field))
                    found.append(labels.setdefault(label, len(labels)))
                codes.frombytes(np.array(found, np.int32)[fields.indices].tobytes())
                block = np.array([column.to_numpy() for column in numbers]).T
                if not np.isfinite(block).all():
                    return None
                features.frombytes(block.tobytes())
    except (pa.ArrowInvalid, UserError):
        return None
    return as_table(header, features, labels, codes) if codes else None


def as_table(header: list[str], features: array, labels: dict, codes: array) -> Table:
    """Return a table of arrays that share the memory of these."""
    columns = [name for name in header if name != "label"]
    matrix = np.asarray(features).reshape(len(codes), len(features) // len(codes))
    return Table(columns, matrix, list(labels), np.asarray(codes))
