"""Softmax regression for transformers' Trainer: a perceptron without hidden layers."""

from byhand.trainer.mlp import MLP


class Softmax(MLP):
    """flatten → linear. Arguments as MLP's, with sizes [inputs, classes]."""
