"""What several models took the same rows for, where most of them are wrong."""

from collections.abc import Sequence

import numpy as np


def mistakes_side_by_side(
    predictions: dict[str, Sequence[str]],
    targets: np.ndarray,
    class_names: Sequence[str],
    count: int,
) -> list[dict]:
    """Return the rows that most models get wrong, and what each model took them for.

    Those that most are wrong about come first; of these, those that they disagree most
    about, for a row that all take for the same may well have a wrong label; and of these,
    those of lower number.

    Args:
        predictions: of each model, the name of the class that it predicts for every row.
        targets: (rows,), int64, each in [0, classes).
        class_names: of all classes.
        count: how many rows at most; rows that every model gets right are left out.

    Returns:
        Of each row its `row`, `actual` class, and what each model `predicted`.
    """
    answers = np.array(list(predictions.values()))  # (models, rows)
    actual = np.array(class_names)[targets]
    wrong = (answers != actual).sum(axis=0)
    different = np.array([len(set(column)) for column in answers.T.tolist()])
    order = np.lexsort(
        (-different, -wrong)
    )  # by the last key first; ties stay in order
    return [
        {
            "row": row,
            "actual": actual[row].item(),
            "predicted": dict(zip(predictions, answers[:, row].tolist(), strict=True)),
        }
        for row in order[:count].tolist()
        if wrong[row]
    ]
