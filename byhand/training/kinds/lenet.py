"""The block of a LeNet."""

from typing import Any, ClassVar, Literal

from byhand.training.bases import OfImages


class LeNet(OfImages):
    """LeNet-5."""

    smallest: ClassVar[int] = 12
    title: ClassVar[str] = "LeNet"
    kind: Literal["lenet"]
    activation: Literal["relu", "sigmoid"]
    init: Literal["he", "xavier"]

    @property
    def threads(self) -> int | None:
        """As GradientModel's; two for PyTorch's convolutions, on any number of cores."""
        return super().threads if self.how == "scratch" else 2

    def arguments(self, shape: tuple[int, ...], classes: int) -> dict[str, Any]:
        """Return the arguments of the model's class, for such features and classes."""
        settings = {"activation": self.activation, "init": self.init}
        return {"shape": shape, "classes": classes} | settings
