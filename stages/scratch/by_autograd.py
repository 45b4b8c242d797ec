"""The same models by the autograd engine: a forward pass, and nothing else. Chapters 4 and 6."""

from torch import Tensor as Array
from torch import arange

from stages.scratch import mlp, softmax_regression
from stages.scratch.autograd import Tensor


def cross_entropy(logits: Tensor, targets: Array) -> Tensor:
    """Return the mean of -log(softmax(logits)[row, target]) over the rows.

    Stable as `softmax_regression.log_softmax` is: the largest logit of a row moves to 0.

    Args:
        logits: (rows, classes).
        targets: (rows,), int64, each in [0, classes).
    """
    shifted = logits - logits.amax(1, keepdim=True).detach()
    log_softmax = shifted - shifted.exp().sum(1, keepdim=True).log()
    return -log_softmax[arange(len(targets), device=targets.device), targets].mean()


def logits(features: Tensor, parameters: list[Tensor]) -> Tensor:
    """Return linear layers of features (rows, inputs), with ReLU between them.

    Args:
        features: (rows, inputs).
        parameters: weight and bias of the first layer, then of the second, and so on.
    """
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    values = features
    for weight, bias in hidden:
        values = (values @ weight.T + bias).relu()
    weight, bias = last
    return values @ weight.T + bias


class ByAutograd:
    """A model that takes its gradients from the engine instead of from formulas."""

    def learn(
        self, features: Array, targets: Array
    ) -> tuple[Array, Array, list[Array]]:
        """Return the loss, the logits, and the gradient of each parameter."""
        named = self.named_parameters()
        parameters = [Tensor(array, requires_grad=True) for _, array in named]
        output = logits(Tensor(features.flatten(1)), parameters)
        loss = cross_entropy(output, targets)
        loss.backward()
        return loss.data, output.data, [tensor.grad for tensor in parameters]


class SoftmaxRegression(ByAutograd, softmax_regression.SoftmaxRegression):
    """Softmax regression; arguments and initial weights as the one by formulas."""


class MLP(ByAutograd, mlp.MLP):
    """The multilayer perceptron; arguments and initial weights as the one by formulas."""
