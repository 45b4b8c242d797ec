"""Every gradient by formula, checked twice: by finite differences, and by the engine."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor as Array

from stages.scratch import by_autograd, convolution, lenet, mlp, softmax_regression
from stages.scratch.autograd import Tensor

STEP = 1e-6  # to both sides; of float64, an error of 1e-10 or so is left
PLACES = 50  # of an array, at most, that are checked by differences


class Check(NamedTuple):
    """A function of arrays, its gradients by formula, and the same function by the engine.

    gradients: takes the arrays, and the gradient with respect to the function's value, and
    returns one gradient an array.
    """

    arrays: list[Array]
    function: Callable[..., Array]
    gradients: Callable[..., list[Array]]
    by_engine: Callable[..., Tensor]


def errors(check: Check) -> dict[str, float]:
    """Return the largest error of the gradients by formula, relative to the largest of them."""
    weight = numbers(*check.function(*check.arrays).shape, seed=9)
    by_formula = check.gradients(*check.arrays, weight)
    tensors = [Tensor(array, requires_grad=True) for array in check.arrays]
    check.by_engine(*tensors).backward(weight)
    of_engine, of_differences = [], []
    for which, (found, tensor) in enumerate(zip(by_formula, tensors, strict=True)):
        places = range(0, found.numel(), -(-found.numel() // PLACES))
        expected = [difference(check, which, place, weight) for place in places]
        scale = found.abs().max()
        of_engine.append((found - tensor.grad).abs().max() / scale)
        apart = found.flatten()[list(places)] - torch.stack(expected)
        of_differences.append(apart.abs().max() / scale)
    return {
        "finite_differences": max(of_differences).item(),
        "engine": max(of_engine).item(),
    }


def difference(check: Check, which: int, place: int, weight: Array) -> Array:
    """Return (f(x + h) - f(x - h)) / 2h for one number x of one of the arrays."""
    values = []
    for step in (STEP, -STEP):
        arrays = [array.clone() for array in check.arrays]
        arrays[which].view(-1)[place] += step
        values.append((check.function(*arrays) * weight).sum())
    return (values[0] - values[1]) / (2 * STEP)


def numbers(*shape: int, seed: int) -> Array:
    """Return random numbers, float64, none so near 0 that a step crosses ReLU's bend."""
    generator = torch.Generator().manual_seed(seed)
    array = torch.randn(shape, dtype=torch.float64, generator=generator)
    return array + 0.01 * array.sign()


def unfold(images: Tensor, kernel: int, stride: int, padding: int = 0) -> Tensor:
    """Return what `convolution.unfold` does, by the engine: pixels by their places."""
    shape = images.data.shape
    places = torch.arange(shape.numel()).reshape(shape)
    inside = convolution.unfold(torch.ones(shape), kernel, stride, padding)
    moved = convolution.unfold(places, kernel, stride, padding)
    return images.reshape(-1)[moved] * inside.to(images.data.dtype)


def convolve(images: Tensor, weight: Tensor, bias: Tensor, **how: int) -> Tensor:
    """Return what `convolution.convolution` does, by the engine."""
    patches = unfold(images, weight.data.shape[-1], **how)
    down, rows, across = patches.data.shape[3:]
    columns = patches.reshape(weight.data[0].numel(), -1)
    values = weight.reshape(len(weight.data), -1) @ columns + bias.reshape(-1, 1)
    places = torch.arange(values.data.numel()).reshape(-1, down, rows, across)
    return values.reshape(-1)[places.permute(2, 0, 1, 3)]


def pool(images: Tensor, reduce: Callable[[Tensor, int], Tensor]) -> Tensor:
    """Return the mean or the largest number of each patch of 2 × 2, by the engine."""
    patches = unfold(images, 2, stride=2)
    channels, _, _, *others = patches.data.shape
    values = reduce(patches.reshape(channels, 4, *others), 1)
    places = torch.arange(values.data.numel()).reshape(values.data.shape)
    return values.reshape(-1)[places.permute(2, 0, 1, 3)]


def learning(model, forward: Callable[..., Tensor], features: Array) -> Check:
    """Return the check of a model's `learn`: its loss as a function of its parameters."""
    targets = torch.arange(len(features)) % 3
    parameters = [parameter for _, parameter in model.named_parameters()]

    def learn(*arrays):
        for parameter, array in zip(parameters, arrays, strict=True):
            parameter.copy_(array)
        loss, _, gradients = model.learn(features, targets)
        return loss, gradients

    def by_engine(*tensors):
        return by_autograd.cross_entropy(forward(Tensor(features), tensors), targets)

    return Check(
        [numbers(*p.shape, seed=i) / 2 for i, p in enumerate(parameters)],
        lambda *arrays: learn(*arrays)[0],
        lambda *arrays_and_g: [
            g * arrays_and_g[-1] for g in learn(*arrays_and_g[:-1])[1]
        ],
        by_engine,
    )


def lenet_forward(images: Tensor, parameters: list[Tensor]) -> Tensor:
    """Return LeNet's logits, by the engine, with sigmoid."""
    values = images
    for i, padding in ((0, 2), (2, 0)):
        convolved = convolve(values, *parameters[i : i + 2], padding=padding, stride=1)
        values = pool(convolved.sigmoid(), Tensor.mean)
    values = values.reshape(len(images.data), -1)
    for i in (4, 6):
        values = (values @ parameters[i].T + parameters[i + 1]).sigmoid()
    return values @ parameters[8].T + parameters[9]


def checks() -> dict[str, Check]:
    """Return a check of each function of this folder that returns gradients, by its name."""
    matrix, weight, bias = (
        numbers(*s, seed=i) for i, s in enumerate([(4, 3), (2, 3), (2,)])
    )
    images, kernels = numbers(2, 3, 6, 6, seed=3), numbers(4, 3, 3, 3, seed=4)
    biases = numbers(4, seed=5)
    shape, how, targets = images.shape, {"stride": 2, "padding": 1}, torch.arange(4) % 3
    _, patches = convolution.convolution(images, kernels, biases, **how)
    float64 = {"dtype": torch.float64}
    return {
        "relu_gradient": Check(
            [matrix],
            mlp.relu,
            lambda x, g: [mlp.relu_gradient(mlp.relu(x), g)],
            Tensor.relu,
        ),
        "sigmoid_gradient": Check(
            [matrix],
            lenet.sigmoid,
            lambda x, g: [lenet.sigmoid_gradient(lenet.sigmoid(x), g)],
            Tensor.sigmoid,
        ),
        "linear_gradients": Check(
            [weight, bias],
            lambda w, b: softmax_regression.linear(matrix, w, b),
            lambda w, b, g: softmax_regression.linear_gradients(matrix, g),
            lambda w, b: Tensor(matrix) @ w.T + b,
        ),
        "cross_entropy": Check(
            [matrix],
            lambda x: softmax_regression.cross_entropy(x, targets)[0],
            lambda x, g: [softmax_regression.cross_entropy(x, targets)[1] * g],
            lambda x: by_autograd.cross_entropy(x, targets),
        ),
        "convolution_gradients": Check(
            [kernels, biases],
            lambda w, b: convolution.convolution(images, w, b, **how)[0],
            lambda w, b, g: convolution.convolution_gradients(patches, w, g),
            lambda w, b: convolve(Tensor(images), w, b, **how),
        ),
        "images_gradient": Check(
            [images],
            lambda x: convolution.convolution(x, kernels, biases, **how)[0],
            lambda x, g: [convolution.images_gradient(shape, kernels, g, **how)],
            lambda x: convolve(x, Tensor(kernels), Tensor(biases), **how),
        ),
        "average_pooling_gradient": Check(
            [images],
            lambda x: convolution.average_pooling(x, 2, 2),
            lambda x, g: [convolution.average_pooling_gradient(shape, 2, 2, g)],
            lambda x: pool(x, Tensor.mean),
        ),
        "max_pooling_gradient": Check(
            [images],
            lambda x: convolution.max_pooling(x, 2, 2)[0],
            lambda x, g: [
                convolution.max_pooling_gradient(
                    shape, 2, 2, convolution.max_pooling(x, 2, 2)[1], g
                )
            ],
            lambda x: pool(x, Tensor.amax),
        ),
        "SoftmaxRegression.learn": learning(
            softmax_regression.SoftmaxRegression([3, 3], **float64),
            by_autograd.logits,
            matrix,
        ),
        "MLP.learn": learning(
            mlp.MLP([3, 5, 4, 3], **float64), by_autograd.logits, matrix
        ),
        "LeNet.learn": learning(
            lenet.LeNet((1, 12, 12), 3, "sigmoid", **float64),
            lenet_forward,
            numbers(2, 1, 12, 12, seed=6),
        ),
    }
