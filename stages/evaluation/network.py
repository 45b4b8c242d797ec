"""A trained network as what it is: linear layers with ReLU between them."""

import numpy as np
from threadpoolctl import threadpool_limits


@threadpool_limits.wrap(limits=1)  # another number of threads, other bytes
def logits(
    layers: list[tuple[np.ndarray, np.ndarray]], features: np.ndarray
) -> np.ndarray:
    """Return the logits (rows, classes) of any model of this project.

    Softmax and logistic regression have one layer, a multilayer perceptron more; who
    trained them, and how, makes no difference any more.

    Args:
        layers: weight (outputs, inputs) and bias (outputs,) of each, first to last.
        features: (rows, inputs), of the layers' dtype.
    """
    *hidden_layers, (weight, bias) = layers
    hidden = features
    for hidden_weight, hidden_bias in hidden_layers:
        hidden = np.maximum(hidden @ hidden_weight.T + hidden_bias, 0)
    return hidden @ weight.T + bias
