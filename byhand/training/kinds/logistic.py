"""The block of a logistic regression."""

from typing import ClassVar, Literal

from byhand.pipeline.errors import UserError
from byhand.training.bases import Block, optional
from byhand.training.settings import Fit


class Logistic(optional(Fit), Block):
    """Logistic regression, fitted by scikit-learn."""

    by: ClassVar = Fit
    movers: ClassVar = ("logistic",)
    title: ClassVar[str] = "logistic regression"
    kind: Literal["logistic"]

    def check(self, name: str, shape: tuple[int, ...], rows: list[int]) -> None:
        """Refuse data as Block does."""
        super().check(name, shape, rows)
        if len(rows) < 2 or not all(rows):
            raise UserError(
                f"models.{name} needs training rows of two classes and of each class, "
                f"{self.data} has {rows}"
            )
