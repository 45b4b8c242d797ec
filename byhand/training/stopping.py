"""Early stopping: training ends when rows held out of the training set stop gaining from it.

Goodfellow, Bengio and Courville, Deep Learning (2016), algorithm 7.1.
"""

import math

from byhand.training.epoch import Epoch
from byhand.training.models import tensors


class EarlyStopping:
    """Keeps the tensors of the epoch with the lowest validation loss.

    patience: epochs without a lower loss until training stops, >= 1.
    """

    def __init__(self, model, patience: int):
        self.model, self.patience = model, patience
        self.lowest, self.waited = math.inf, 0

    def is_over(self, epoch: Epoch) -> bool:
        """Return whether to stop after this epoch."""
        if epoch.validation_loss < self.lowest:
            self.lowest, self.waited = epoch.validation_loss, 0
            self.best = epoch
            self.kept = {k: t.detach().clone() for k, t in tensors(self.model).items()}
        else:
            self.waited += 1
        return self.waited == self.patience

    def go_back(self) -> Epoch:
        """Give the model the tensors of its best epoch, and return that epoch."""
        for name, tensor in tensors(self.model).items():
            tensor.data.copy_(self.kept[name])
        return self.best
