"""Training of any model, as its block says."""

from collections.abc import Callable

from byhand.datasets.folder import Dataset, as_matrix
from byhand.training.blocks import Model
from byhand.training.epoch import Epoch
from byhand.training.kinds.logistic import Logistic
from byhand.training.ranks import ALONE, Ranks
from byhand.training.rooms import find


def start(
    block: Model, dataset: Dataset, seed: int, ranks: Ranks = ALONE
) -> tuple[object, Callable[..., Epoch]]:
    """Return a model with its initial weights, and a function that trains it.

    The function returns the figures of the model as it then is: of the last epoch, or of the
    best one if training stops early. It calls `watch`, if it is given this argument, with
    each epoch as soon as the epoch is over. A UserError ends a training whose loss is not
    finite.

    Args:
        block: complete, as `load_model` returns it.
        dataset: prepared as the block says; its rows suit the block.
        seed: of the initial weights, drawn first, of the order of rows, and of what a
            model of torch.nn draws as it learns, such as dropout's masks.
        ranks: the processes that train the model together.
    """
    if isinstance(block, Logistic):
        return start_solver(block, dataset)
    from byhand.training import descent

    return descent.start(block, dataset, seed, ranks)


def start_solver(block: Logistic, dataset: Dataset):
    """Return the same for scikit-learn's solver, which starts from 0 and has no epochs."""
    model = find(block.how, block.kind)()

    def train(watch=None) -> Epoch:
        matrix, targets = as_matrix(dataset.train), dataset.train.targets
        loss, accuracy, iterations = model.fit(matrix, targets, block.C, block.max_iter)
        on_test, on_validation = (
            model.accuracy(as_matrix(part), part.targets) if part else None
            for part in (dataset.test, dataset.validation)
        )
        return Epoch(0, loss, accuracy, on_test, iterations, None, on_validation)

    return model, train
