"""The rooms of models in byhand/, one for each `how`: their files, and the classes in them."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from byhand.pipeline.errors import UserError

ROOMS = Path(__file__).parents[1]


def ways(kind: str, movers: tuple[str, ...]) -> list[str]:
    """Return the rooms that have a file of this kind, and one that moves its weights."""
    return sorted(
        path.parent.name
        for path in ROOMS.glob(f"*/{kind}.py")
        if any((path.parent / f"{mover}.py").exists() for mover in movers)
    )


def ways_of_our_loop(kind: str) -> list[str]:
    """Return the rooms that have a file of this kind, and an optimizer for our loop."""
    return ways(kind, ("sgd",))


def find(how: str, name: str) -> type:
    """Return the class in byhand/HOW/NAME.py that is called like the file.

    name is a kind of model, or sgd for the optimizer of a way. A UserError says that the
    file has no such class.
    """
    found = called_like(import_module(f"byhand.{how}.{name}"))
    if found is None:
        raise UserError(
            f"byhand/{how}/{name}.py has no class that is called like the file"
        )
    return found


def called_like(module: ModuleType) -> type | None:
    """Return a module's class that is called like the module, but for capitals and _."""
    name = module.__name__.rpartition(".")[2].replace("_", "")
    for key, value in vars(module).items():
        if isinstance(value, type) and key.lower() == name:
            return value
    return None
