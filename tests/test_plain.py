"""Plain code of the chapters against the code that trains, and against PyTorch."""

import torch
from torch.nn import functional
from torch.testing import assert_close

from byhand.pages import plain
from byhand.scratch.convolution import convolution
from byhand.scratch.mlp import relu_gradient
from byhand.scratch.sgd import SGD
from byhand.scratch.softmax_regression import cross_entropy, softmax

RANDOM = {"generator": torch.Generator().manual_seed(0)}
LOGITS = torch.randn(5, 4, **RANDOM, requires_grad=True)
TARGETS = torch.tensor([0, 3, 2, 2, 1])


def test_softmax():
    logits = LOGITS.detach()
    assert_close(plain.softmax(logits), softmax(logits))
    assert_close(plain.softmax(logits), logits.softmax(dim=1))


def test_cross_entropy_and_its_gradient():
    found = plain.cross_entropy(LOGITS.detach(), TARGETS)
    assert_close(found, cross_entropy(LOGITS.detach(), TARGETS))
    loss = functional.cross_entropy(LOGITS, TARGETS)
    assert_close(found, (loss.detach(), *torch.autograd.grad(loss, LOGITS)))


def test_a_step():
    class Model:
        parameter = torch.tensor([1.0, 2.0])

        def named_parameters(self):
            return [("parameter", self.parameter)]

    optimizer, parameter = SGD(Model(), lr=0.1), torch.tensor([1.0, 2.0])
    optimizer.gradients = gradients = [torch.tensor([3.0, -4.0])]
    optimizer.update()
    plain.step([parameter], gradients, lr=0.1)
    assert_close(parameter, Model.parameter)
    assert_close(parameter, torch.tensor([0.7, 2.4]))


def test_relus_gradient():
    outputs, gradient = LOGITS.detach().relu(), torch.randn(5, 4, **RANDOM)
    found = plain.relu_gradient(outputs, gradient)
    assert_close(found, relu_gradient(outputs, gradient))
    assert_close(found, torch.autograd.grad(LOGITS.relu(), LOGITS, gradient)[0])


def test_convolution():
    sizes = (2, 6, 5), (3, 2, 3, 2), (3,)
    image, weight, bias = (torch.randn(size, **RANDOM) for size in sizes)
    found = plain.convolution(image, weight, bias)
    assert_close(found, convolution(image[None], weight, bias)[0][0])
    assert_close(found, functional.conv2d(image, weight, bias))
