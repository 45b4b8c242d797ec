"""Softmax regression by torch.nn: a perceptron without hidden layers. Chapter 5 of the book."""

from byhand.torch.mlp import MLP


class Softmax(MLP):
    """flatten → linear. Arguments as MLP's, with sizes [inputs, classes]."""
