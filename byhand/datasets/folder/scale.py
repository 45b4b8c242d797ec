"""Columns of points standardized: to mean 0 and standard deviation 1 in the training rows."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from byhand.pipeline.errors import UserError

if TYPE_CHECKING:
    from byhand.datasets.folder import Dataset


class Scale(NamedTuple):
    """How columns are standardized: ((x - origin) / unit - mean) / std.

    All are (columns,) float64. In most columns origin is 0; unit is a power of two, so that
    no digit changes and no square overflows. A column that is constant in the training rows
    becomes 0 there, and its distance from this constant in other rows.
    """

    origin: np.ndarray
    unit: np.ndarray
    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray) -> "Scale":
        """Return the scale of training rows (rows, columns) float64."""
        with np.errstate(over="ignore"):
            low, high = features.min(axis=0), features.max(axis=0)
            # the mean's rounding must not hide differences as small as these
            origin = np.where(high - low <= 1e-6 * np.abs(high), low, 0)
        largest = np.abs(features - origin).max(axis=0)
        largest[largest == 0] = 1
        unit = np.ldexp(1.0, np.frexp(largest)[1] - 1)
        in_units = (features - origin) / unit
        mean, std = in_units.mean(axis=0), in_units.std(axis=0)
        std[std == 0] = 1
        return cls(origin, unit, mean, std)

    def apply(
        self, features: np.ndarray, columns: list[str], place: str = "the data"
    ) -> np.ndarray:
        """Return rows standardized; `place` is for messages.

        A UserError names the column whose value is too far away from the training rows for
        a float64.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = ((features - self.origin) / self.unit - self.mean) / self.std
        if len(beyond := np.argwhere(~np.isfinite(scaled))):
            row, column = beyond[0]
            raise UserError(
                f"{place}: column {columns[column]} has {features[row, column]}, too far "
                "from the training rows to be standardized"
            )
        return scaled


def standardized(dataset: "Dataset", place: str = "the data") -> "Dataset":
    """Return points by the scale of the training rows, and the scale with them."""
    scale = Scale.of(dataset.train.features)

    def scaled(part):
        features = scale.apply(part.features, dataset.columns, place)
        return part._replace(features=features)

    parts = {"train": scaled(dataset.train), "test": scaled(dataset.test)}
    if dataset.validation:
        parts["validation"] = scaled(dataset.validation)
    return dataset._replace(**parts, scale=scale)
