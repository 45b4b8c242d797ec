"""Softmax regression: a perceptron without hidden layers. softmax_regression.py explains it."""

from byhand.scratch.mlp import MLP


class Softmax(MLP):
    """logits = features · weightᵀ + bias. Arguments as MLP's, with sizes [inputs, classes]."""
