"""Every gradient by formula, checked twice: by finite differences, and by the engine."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor as Array

from byhand.autograd.engine import Tensor
from byhand.autograd.mlp import cross_entropy, forward
from byhand.scratch import convolution, lenet, mlp, softmax_regression
from byhand.scratch.softmax import Softmax

STEP = 1e-6  # to both sides; in float64, errors of about 1e-10 are left
PLACES = 50  # numbers of an array, at most, that are checked by differences


class Check(NamedTuple):
    """A function of arrays, its gradients by formula, and the same function by the engine.

    gradients: takes the arrays, and the gradient with respect to the function's value;
        returns one gradient for each array.
    """

    arrays: list[Array]
    function: Callable[..., Array]
    gradients: Callable[..., list[Array]]
    by_engine: Callable[..., Tensor]


def errors(check: Check) -> dict[str, float]:
    """Return the largest error of the gradients by formula, as a share of the largest one."""
    weight = numbers(*check.function(*check.arrays).shape, seed=9)
    by_formula = check.gradients(*check.arrays, weight)
    tensors = [Tensor(array, requires_grad=True) for array in check.arrays]
    check.by_engine(*tensors).backward(weight)
    largest = {"finite_differences": [], "engine": []}
    for which, (found, tensor) in enumerate(zip(by_formula, tensors, strict=True)):
        places = range(0, found.numel(), -(-found.numel() // PLACES))
        expected = [difference(check, which, place, weight) for place in places]
        apart = found.flatten()[list(places)] - torch.stack(expected)
        scale = found.abs().max()
        largest["finite_differences"].append(apart.abs().max() / scale)
        largest["engine"].append((found - tensor.grad).abs().max() / scale)
    return {name: max(values).item() for name, values in largest.items()}


def difference(check: Check, which: int, place: int, weight: Array) -> Array:
    """Return (f(x + h) - f(x - h)) / 2h for one number x of one of the arrays."""
    values = []
    for step in (STEP, -STEP):
        arrays = [array.clone() for array in check.arrays]
        arrays[which].view(-1)[place] += step
        values.append((check.function(*arrays) * weight).sum())
    return (values[0] - values[1]) / (2 * STEP)


def numbers(*shape: int, seed: int) -> Array:
    """Return random numbers, float64, so far from 0 that no step crosses ReLU's bend."""
    generator = torch.Generator().manual_seed(seed)
    array = torch.randn(shape, dtype=torch.float64, generator=generator)
    return array + 0.01 * array.sign()


def unfold(images: Tensor, kernel: tuple, stride: int, padding: int = 0) -> Tensor:
    """Do as `convolution.unfold` by the engine: look pixels up by their places."""
    shape = images.data.shape
    places = torch.arange(shape.numel()).reshape(shape)
    inside = convolution.unfold(torch.ones(shape), kernel, stride, padding)
    moved = convolution.unfold(places, kernel, stride, padding)
    return images.reshape(-1)[moved] * inside.to(images.data.dtype)


def as_images(values: Tensor, *shape: int) -> Tensor:
    """Return values as images: shape is (channels, height, rows, width), as they lie."""
    places = torch.arange(values.data.numel()).reshape(shape)
    return values.reshape(-1)[places.permute(2, 0, 1, 3)]


def convolve(images: Tensor, weight: Tensor, bias: Tensor, **how: int) -> Tensor:
    """Do as `convolution.convolution` by the engine."""
    patches = unfold(images, weight.data.shape[2:], **how)
    columns = patches.reshape(weight.data[0].numel(), -1)
    values = weight.reshape(len(weight.data), -1) @ columns + bias.reshape(-1, 1)
    return as_images(values, -1, *patches.data.shape[3:])


def pool(images: Tensor, reduce: Callable[[Tensor, int], Tensor]) -> Tensor:
    """Return the mean or the largest number of each patch of 2 × 2, by the engine."""
    patches = unfold(images, (2, 2), stride=2)
    channels, _, _, *others = patches.data.shape
    values = reduce(patches.reshape(channels, 4, *others), 1)
    return as_images(values, channels, *others)


def learning(model, engine_forward: Callable[..., Tensor], features: Array) -> Check:
    """Return the check of a model's `learn`: its loss as a function of its parameters."""
    targets = torch.arange(len(features)) % 3
    parameters = [parameter for _, parameter in model.named_parameters()]

    def learn(*arrays):
        for parameter, array in zip(parameters, arrays, strict=True):
            parameter.copy_(array)
        loss, _, gradients = model.learn(features, targets)
        return loss, gradients

    def gradients(*arrays_and_weight):
        *arrays, weight = arrays_and_weight
        return [gradient * weight for gradient in learn(*arrays)[1]]

    def by_engine(*tensors):
        return cross_entropy(engine_forward(Tensor(features), tensors), targets)

    arrays = [numbers(*p.shape, seed=i) / 2 for i, p in enumerate(parameters)]
    return Check(arrays, lambda *arrays: learn(*arrays)[0], gradients, by_engine)


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
    """Return a check of each function of scratch/ that returns gradients, by its name."""
    matrix, weight = numbers(4, 3, seed=0), numbers(2, 3, seed=1)
    bias, biases = numbers(2, seed=2), numbers(4, seed=5)
    images, kernels = numbers(2, 3, 6, 6, seed=3), numbers(4, 3, 3, 3, seed=4)
    small_images = numbers(2, 1, 12, 12, seed=6)
    shape, how, targets = images.shape, {"stride": 2, "padding": 1}, torch.arange(4) % 3
    _, patches = convolution.convolution(images, kernels, biases, **how)
    _, places = convolution.max_pooling(images, 2, 2)
    float64 = {"dtype": torch.float64}
    small_lenet = lenet.LeNet((1, 12, 12), 3, "sigmoid", **float64)
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
            lambda x: cross_entropy(x, targets),
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
            lambda x, g: [convolution.max_pooling_gradient(shape, 2, 2, places, g)],
            lambda x: pool(x, Tensor.amax),
        ),
        "Softmax.learn": learning(Softmax([3, 3], **float64), forward, matrix),
        "MLP.learn": learning(mlp.MLP([3, 5, 4, 3], **float64), forward, matrix),
        "LeNet.learn": learning(small_lenet, lenet_forward, small_images),
    }
