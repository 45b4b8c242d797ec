"""Convolution and pooling of images, each with its gradient, as matrix products.

Both look at every patch of an image: kernel × kernel pixels, one patch beside the other,
`stride` pixels apart. Unfolded, the patches are the columns of a matrix:

    image            patches of 2 × 2        weights        what they see
    a b c            a b d e                 w x            [w x y z] · patches
    d e f            b c e f                 y z            = one number a patch
    g h i            d e g h
                     e f h i

A convolution is a product of matrices, and so are its gradients. A pooling takes the mean
or the largest number of each column. A pixel lies in several patches: its gradient is the
sum over these patches, see `fold`. LeCun and others (1998); the unfolding is Chellapilla,
Puri and Simard's (2006). Images are (rows, channels, height, width); in memory they lie as
[channels, height, rows, width], as the products need and leave them.
"""

import torch
from torch import Tensor


def unfold(images: Tensor, kernel: tuple, stride: int = 1, padding: int = 0) -> Tensor:
    """Return every patch: (channels, *kernel, down, rows, across).

    [c, i, j] holds pixel i, j of channel c of all patches, that is the images moved by i
    and j. The images are copied for each j; all i share the copy.

    Args:
        images: (rows, channels, height, width).
        kernel: (height, width) of a patch, at most those of the padded images.
        stride: pixels from one patch to the next, >= 1.
        padding: zeros added on each side, >= 0.
    """
    images = images.permute(1, 2, 0, 3)
    if padding:
        channels, height, rows, width = images.shape
        shape = channels, height + 2 * padding, rows, width + 2 * padding
        padded = images.new_zeros(shape)
        padded[:, padding:-padding, :, padding:-padding] = images
        images = padded
    moved = images.unfold(3, kernel[1], stride).permute(0, 4, 1, 2, 3).contiguous()
    return moved.unfold(2, kernel[0], stride).permute(0, 5, 1, 2, 3, 4)


def fold(patches: Tensor, shape: torch.Size, stride: int, padding: int = 0) -> Tensor:
    """Return images of this shape, each pixel the sum over its patches: unfold's gradient."""
    channels, high, wide, down, rows, across = patches.shape
    height, width = shape[2] + 2 * padding, shape[3] + 2 * padding
    moved = patches.new_zeros(channels, wide, height, rows, across)
    images = patches.new_zeros(channels, height, rows, width)
    for i in range(high):
        moved[:, :, i : i + stride * down : stride] += patches[:, i]
    for j in range(wide):
        images[..., j : j + stride * across : stride] += moved[:, j]
    images = images[:, padding : height - padding, :, padding : width - padding]
    return images.permute(2, 0, 1, 3)


def convolution(
    images: Tensor, weight: Tensor, bias: Tensor, stride: int = 1, padding: int = 0
) -> tuple[Tensor, Tensor]:
    """Return weight · patches + bias: (rows, outputs, down, across), and the patches.

    For each row of the kernel, its weights are multiplied with the pixels that it covers.

    Args:
        images: (rows, channels, height, width).
        weight: (outputs, channels, *kernel), as torch.nn.Conv2d's.
        bias: (outputs,).
        stride, padding: as `unfold` takes them.
    """
    patches = unfold(images, weight.shape[2:], stride, padding)
    down, rows, across = patches.shape[3:]
    values = bias.unsqueeze(1).repeat(1, down * rows * across)
    for i in range(weight.shape[2]):
        seen = patches[:, i].flatten(2).flatten(0, 1)
        values.addmm_(weight[:, :, i].flatten(1), seen)
    return values.unflatten(1, (down, rows, across)).permute(2, 0, 1, 3), patches


def convolution_gradients(
    patches: Tensor, weight: Tensor, gradient: Tensor
) -> list[Tensor]:
    """Return the loss's gradients with respect to weight and bias.

    ∂loss/∂weight = gradient · patchesᵀ, a product for each place down, then their sum: the
        last digit of one long product would depend on the number of threads
    ∂loss/∂bias = sum of gradient over rows and patches

    Args:
        patches: as `convolution` returned them.
        weight: (outputs, channels, *kernel).
        gradient: (rows, outputs, down, across), with respect to `convolution`'s values.
    """
    by_bias = gradient.sum(dim=(0, 2, 3))
    gradient = gradient.permute(2, 1, 0, 3).flatten(2)
    by_weight = torch.empty_like(weight)
    for i in range(weight.shape[2]):
        seen = patches[:, i].flatten(3).flatten(0, 1).permute(1, 2, 0)
        by_weight[:, :, i] = (gradient @ seen).sum(0).unflatten(1, weight.shape[1::2])
    return [by_weight, by_bias]


def images_gradient(
    shape: torch.Size,
    weight: Tensor,
    gradient: Tensor,
    stride: int = 1,
    padding: int = 0,
) -> Tensor:
    """Return the loss's gradient with respect to images of this shape.

    ∂loss/∂patches = weightᵀ · gradient; a pixel's gradient is the sum over its patches.
    """
    gradient = gradient.permute(1, 2, 0, 3)
    patches = weight.flatten(1).T @ gradient.flatten(1)
    patches = patches.reshape(*weight.shape[1:], *gradient.shape[1:])
    return fold(patches, shape, stride, padding)


def average_pooling(images: Tensor, kernel: int, stride: int) -> Tensor:
    """Return the mean of every patch: (rows, channels, down, across)."""
    columns = sum(unfold(images, (kernel, kernel), stride).unbind(1))
    return (sum(columns.unbind(1)) / kernel**2).permute(2, 0, 1, 3)


def average_pooling_gradient(
    shape: torch.Size, kernel: int, stride: int, gradient: Tensor
) -> Tensor:
    """Return the gradient with respect to images of this shape, an equal share a pixel."""
    share = gradient.permute(1, 2, 0, 3)[:, None, None] / kernel**2
    return fold(share.expand(-1, kernel, kernel, -1, -1, -1), shape, stride)


def max_pooling(images: Tensor, kernel: int, stride: int) -> tuple[Tensor, Tensor]:
    """Return the largest pixel of every patch, and its place in the patch."""
    largest = unfold(images, (kernel, kernel), stride).flatten(1, 2).max(dim=1)
    return largest.values.permute(2, 0, 1, 3), largest.indices


def max_pooling_gradient(
    shape: torch.Size, kernel: int, stride: int, places: Tensor, gradient: Tensor
) -> Tensor:
    """Return the gradient with respect to images of this shape: the largest pixels get it."""
    gradient = gradient.permute(1, 2, 0, 3).unsqueeze(1)
    patches = gradient.new_zeros(len(places), kernel**2, *places.shape[1:])
    patches.scatter_(1, places.unsqueeze(1), gradient)
    return fold(patches.unflatten(1, (kernel, kernel)), shape, stride)
