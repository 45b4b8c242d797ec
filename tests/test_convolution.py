"""Convolution and pooling by hand, against PyTorch's, over shapes, strides and paddings."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from torch.nn import functional
from torch.testing import assert_close

from byhand.scratch.convolution import (
    average_pooling,
    average_pooling_gradient,
    convolution,
    convolution_gradients,
    fold,
    images_gradient,
    max_pooling,
    max_pooling_gradient,
    unfold,
)


def test_an_example_to_follow_on_paper():
    """Of a 3 × 3 image, four patches of 2 × 2, each with the weights [[1, 2], [0, -1]]."""
    image = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]).reshape(1, 1, 3, 3)
    weight = torch.tensor([[1.0, 2], [0, -1]]).reshape(1, 1, 2, 2)
    values, patches = convolution(image, weight, torch.tensor([10.0]))
    columns = patches.reshape(4, 4)  # four numbers of each of four patches
    assert columns.T.tolist() == [
        [1, 2, 4, 5],
        [2, 3, 5, 6],
        [4, 5, 7, 8],
        [5, 6, 8, 9],
    ]
    # 1·1 + 2·2 + 0·4 - 1·5 + 10 = 10, and so on
    assert values.tolist() == [[[[10, 12], [16, 18]]]]

    # if each of the four weighs 1 in the loss, a weight's gradient is the sum it has seen
    ones = torch.ones(1, 1, 2, 2)
    by_weight, by_bias = convolution_gradients(patches, weight, ones)
    assert by_weight.tolist() == [[[[12, 16], [24, 28]]]]
    assert by_bias.tolist() == [4]
    # and a pixel's the sum of the weights that it met: the middle one met all four
    by_image = images_gradient(image.shape, weight, ones)
    assert by_image.tolist() == [[[[1, 3, 2], [1, 2, 1], [0, -1, -1]]]]


@st.composite
def cases(draw):
    """Return images, a kernel that fits, a stride, a padding, and a generator."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    edges = [draw(st.integers(edge, 8)) for edge in kernel]
    generator = torch.Generator().manual_seed(draw(st.integers(0, 1000)))
    rows, channels = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    dtype = draw(st.sampled_from([torch.float32, torch.float64]))
    images = torch.randn(rows, channels, *edges, dtype=dtype, generator=generator)
    return images, kernel, stride, padding, generator


@given(cases(), st.integers(1, 4))
def test_convolution_and_its_gradients_are_pytorchs(case, outputs):
    images, kernel, stride, padding, generator = case
    images.requires_grad_()
    shape = (outputs, images.shape[1], *kernel)
    weight = torch.randn(shape, dtype=images.dtype, generator=generator)
    bias = torch.randn(outputs, dtype=images.dtype, generator=generator)
    weight.requires_grad_(), bias.requires_grad_()
    expected = functional.conv2d(images, weight, bias, stride, padding)
    gradient = torch.randn(expected.shape, dtype=images.dtype, generator=generator)
    expected.backward(gradient)

    how = {"stride": stride, "padding": padding}
    with torch.no_grad():
        values, patches = convolution(images, weight, bias, **how)
        by_weight, by_bias = convolution_gradients(patches, weight, gradient)
        by_images = images_gradient(images.shape, weight, gradient, **how)
    for found, reference in [
        (values, expected.detach()),
        (by_weight, weight.grad),
        (by_bias, bias.grad),
        (by_images, images.grad),
    ]:
        assert_close(found, reference, rtol=1e-4, atol=1e-5)


@given(cases())
def test_pooling_and_its_gradients_are_pytorchs(case):
    images, (edge, _), stride, _, generator = case
    kernel = min(edge, *images.shape[2:])
    for pool, reference in [
        (average_pooling, functional.avg_pool2d),
        (max_pooling, functional.max_pool2d),
    ]:
        watched = images.clone().requires_grad_()
        expected = reference(watched, kernel, stride)
        gradient = torch.randn(expected.shape, dtype=images.dtype, generator=generator)
        expected.backward(gradient)
        if pool is average_pooling:
            values = average_pooling(images, kernel, stride)
            back = average_pooling_gradient(images.shape, kernel, stride, gradient)
        else:
            values, places = max_pooling(images, kernel, stride)
            back = max_pooling_gradient(images.shape, kernel, stride, places, gradient)
        assert_close(values, expected.detach())
        assert_close(back, watched.grad)


@given(cases())
def test_fold_is_the_gradient_of_unfold(case):
    """⟨unfold(a), b⟩ = ⟨a, fold(b)⟩ for any images a and patches b."""
    images, kernel, stride, padding, generator = case
    images = images.double()
    patches = unfold(images, kernel, stride, padding)
    other = torch.randn(patches.shape, dtype=torch.float64, generator=generator)
    folded = fold(other, images.shape, stride, padding)
    assert_close((patches * other).sum(), (images * folded).sum())


def test_a_pixel_is_copied_kernel_times():
    """Not kernel² times: patches one above the other share their pixels' memory."""
    patches = unfold(torch.zeros(2, 3, 8, 8), kernel=(3, 3))
    assert patches.shape == (3, 3, 3, 6, 2, 6)
    assert patches.untyped_storage().nbytes() == 4 * (3 * 2 * 8 * 6) * 3


@pytest.mark.parametrize("threads", [2, 3])
def test_the_bytes_do_not_depend_on_the_number_of_threads(threads):
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(128, 1, 28, 28, generator=generator)
    weight, bias = torch.randn(6, 1, 5, 5, generator=generator), torch.zeros(6)
    gradient = torch.randn(128, 6, 28, 28, generator=generator)
    before, results = torch.get_num_threads(), []
    try:
        for number in (1, threads):
            torch.set_num_threads(number)
            values, patches = convolution(images, weight, bias, padding=2)
            results.append([values, *convolution_gradients(patches, weight, gradient)])
    finally:
        torch.set_num_threads(before)
    for one, other in zip(*results, strict=True):
        assert torch.equal(one, other)
