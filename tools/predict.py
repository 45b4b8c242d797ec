"""Predict classes by a trained model: python -m tools predict MODEL FILE…

MODEL is a model's file, or the name of a model in models/. A model of points reads CSV files
with its columns, in any order. A model of images reads PNG, JPEG and IDX files, and folders
of images. A FILE - is standard input, and so is no FILE. A column `label`, or a folder of
folders named by classes, says what is right; the log then has the accuracy.

Rows are read, predicted and printed in parts: the files may be larger than memory. csv and
json (an object a row) have all digits. Each row has the most probable class, and the
runners-up: as many classes as --top says.
"""

import csv
import json
import logging
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from byhand.datasets.folder.names import CONTROL
from byhand.datasets.rows import STDIN, Row, is_idx, read_parts
from byhand.evaluation.metrics import probabilities
from byhand.pipeline.columns import line, widths
from byhand.pipeline.errors import UserError
from byhand.training.trained import About, Trained, read_trained

log = logging.getLogger(__name__)

Cells = list[str | int | float | None]  # of a row of the output


def main(
    model: str,
    *files: str,
    format: Literal["table", "csv", "json"] = "table",
    top: int = 3,
) -> None:
    if top < 1:
        raise UserError(f"--top must be >= 1, got {top}")
    is_name = re.fullmatch("[a-z0-9_]+", model)
    trained = read_trained(Path(f"models/{model}.safetensors" if is_name else model))
    # data is UTF-8; a terminal may lack letters, and a file's name need not be text
    encoding = None if format == "table" else "utf-8"
    sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    if not files and sys.stdin.isatty():
        log.info("reading standard input")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # quiet when `| head` has enough
    write = {"table": print_table, "csv": print_csv, "json": print_json}[format]
    write(predict(trained, list(files) or [STDIN], top))


def predict(trained: Trained, files: list[str], top: int) -> Iterator[list[Cells]]:
    """Yield the output in parts, the first with a header; log the accuracy at the end.

    The output has labels if the first row has one.
    """
    about = trained.about
    names, header = about.class_names, []
    top, hits, labelled = min(top, len(names)), 0, 0
    for rows in read_parts(files, names, about.columns, about.shape):
        logits = logits_of(trained, rows)
        # equal logits by their place, as argmax
        order = np.argsort(-logits, axis=1, kind="stable")[:, :top]
        shares = np.take_along_axis(probabilities(logits), order, axis=1)
        part = []
        if not header:
            header = header_of(about, files, rows[0].target is not None, top)
            part.append(header)
        for row, classes, of_classes in zip(
            rows, order.tolist(), shares.tolist(), strict=True
        ):
            label = None if row.target is None else names[row.target]
            where = {"file": row.file, "row": row.number, "label": label}
            cells = [where[name] for name in header if name in where]
            for number, share in zip(classes, of_classes, strict=True):
                cells += [names[number], share]
            part.append(cells)
            labelled += row.target is not None
            hits += row.target == classes[0]
        yield part
    if labelled:
        log.info("accuracy %.5f on %d rows", hits / labelled, labelled)


def header_of(about: About, files: list[str], has_labels: bool, top: int) -> Cells:
    """Return the names of the output's columns; they do not depend on names of classes."""
    header = ["file"] * (len(files) > 1 or not about.columns)
    header += ["row"] * (bool(about.columns) or any(map(is_idx, map(Path, files))))
    header += ["label"] * has_labels + ["class", "probability"]
    for rank in range(2, top + 1):
        header += [f"class_{rank}", f"probability_{rank}"]
    return header


def logits_of(trained: Trained, rows: list[Row]) -> np.ndarray:
    """Return the logits (rows, classes), or raise a UserError if one is not finite."""
    file = rows[0].file
    logits = trained.logits(np.array([row.features for row in rows]), file)
    if len(beyond := np.argwhere(~np.isfinite(logits))):
        raise UserError(
            f"{file}: row {rows[beyond[0, 0]].number} is too far from the training rows: "
            "its logits are not finite"
        )
    return logits


def print_csv(parts: Iterator[list[Cells]]) -> None:
    """Print a line a row."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for part in parts:
        writer.writerows(part)
        sys.stdout.flush()


def print_json(parts: Iterator[list[Cells]]) -> None:
    """Print an object a line: JSON Lines."""
    header = []
    for part in parts:
        if not header:
            header, *part = part
        for cells in part:
            row = dict(zip(header, cells, strict=True))
            print(json.dumps(row, ensure_ascii=False))
        sys.stdout.flush()


def print_table(parts: Iterator[list[Cells]]) -> None:
    """Print columns, each as wide as its widest cell so far."""
    to_the_right, widest = [], []
    for part in parts:
        rows = [tuple(map(shown, cells)) for cells in part]
        if not widest:
            widest = widths(rows)
            to_the_right = [i for i, name in enumerate(part[0]) if is_number(name)]
        widest = list(map(max, widest, widths(rows)))
        for row in rows:
            print(line(row, widest, to_the_right))
        sys.stdout.flush()


def is_number(name: str) -> bool:
    """Return whether a column of the output has numbers."""
    return name == "row" or name.startswith("probability")


def shown(cell: str | float | None) -> str:
    """Return a cell for a table, as the terminal will show it."""
    if isinstance(cell, float):
        return f"{cell:.4f}"
    text = "" if cell is None else str(cell)
    text = ascii(text) if CONTROL.search(text) else text
    return text.encode(sys.stdout.encoding, "backslashreplace").decode(
        sys.stdout.encoding
    )
