"""Softmax regression by the autograd engine: a perceptron without hidden layers. Chapter 4."""

from byhand.autograd.mlp import MLP


class Softmax(MLP):
    """logits = features · weightᵀ + bias. Arguments as MLP's, with sizes [inputs, classes]."""
