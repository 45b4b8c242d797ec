"""Convolution and pooling of images, each with its gradient, as matrix products.

Both look at every patch of an image: kernel × kernel pixels, one patch beside the other,
`stride` pixels apart. Unfolded, the patches are the columns of a matrix:

    image            patches of 2 × 2        weights        what they see
    a b c            a b d e                 w x            [w x y z] · patches
    d e f            b c e f                 y z            = one number a patch
    g h i            d e g h
                     e f h i

so that a convolution is one product of matrices, its gradients others, and a pooling the
mean or the largest number of each column. A pixel lies in several patches: folding their
gradients back adds up what each says of it. LeCun and others (1998); the unfolding is
Chellapilla, Puri and Simard's (2006). Images are (rows, channels, height, width); in memory
channels come first, as the products want and leave them.
"""

import torch
from torch import Tensor


def unfold(images: Tensor, kernel: int, stride: int = 1, padding: int = 0) -> Tensor:
    """Return every patch: (channels, kernel, kernel, rows, down, across).

    [c, i, j] is pixel i, j of channel c of each patch, down · across patches of each row:
    all images, moved by i and j. It is a view, if there is no padding: no pixel is copied.

    Args:
        images: (rows, channels, height, width).
        kernel: edge of a patch, at most that of the padded images.
        stride: pixels from one patch to the next, >= 1.
        padding: zeros added on each side, >= 0.
    """
    images = pad(images.transpose(0, 1), padding)
    patches = images.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return patches.permute(0, 4, 5, 1, 2, 3)


def fold(patches: Tensor, shape: torch.Size, stride: int, padding: int = 0) -> Tensor:
    """Return images of this shape, each pixel the sum over its patches: unfold's gradient."""
    channels, kernel, _, rows, down, across = patches.shape
    height, width = shape[2] + 2 * padding, shape[3] + 2 * padding
    images = patches.new_zeros(channels, rows, height, width)
    for i in range(kernel):
        for j in range(kernel):
            moved = images[
                :, :, i : i + stride * down : stride, j : j + stride * across : stride
            ]
            moved += patches[:, i, j]
    images = images[:, :, padding : height - padding, padding : width - padding]
    return images.transpose(0, 1)


def pad(images: Tensor, padding: int) -> Tensor:
    """Return images (…, height, width) with zeros on each side."""
    if not padding:
        return images
    *others, height, width = images.shape
    padded = images.new_zeros(*others, height + 2 * padding, width + 2 * padding)
    padded[..., padding:-padding, padding:-padding] = images
    return padded


def convolution(
    images: Tensor, weight: Tensor, bias: Tensor, stride: int = 1, padding: int = 0
) -> tuple[Tensor, Tensor]:
    """Return weight · patches + bias: (rows, outputs, down, across), and the patches.

    Args:
        images: (rows, channels, height, width).
        weight: (outputs, channels, kernel, kernel), as torch.nn.Conv2d's.
        bias: (outputs,).
        stride, padding: as `unfold` takes them.
    """
    patches = unfold(images, weight.shape[-1], stride, padding)
    rows, down, across = patches.shape[3:]
    columns = patches.reshape(weight[0].numel(), -1)
    values = torch.addmm(bias.unsqueeze(1), weight.flatten(1), columns)
    return values.reshape(-1, rows, down, across).transpose(0, 1), columns


def convolution_gradients(
    columns: Tensor, weight: Tensor, gradient: Tensor
) -> list[Tensor]:
    """Return the loss's gradients with respect to weight and bias.

    ∂loss/∂weight = gradient · columnsᵀ, row by row: of one long product, the last digit
        would depend on the number of threads
    ∂loss/∂bias = sum of gradient over rows and patches

    Args:
        columns: the patches, as `convolution` returned them.
        weight: (outputs, channels, kernel, kernel).
        gradient: (rows, outputs, down, across), with respect to what it returned.
    """
    gradient = gradient.flatten(2)
    by_row = columns.unflatten(1, (len(gradient), -1)).permute(1, 2, 0)
    by_weight = (gradient @ by_row).sum(dim=0)
    return [by_weight.reshape(weight.shape), gradient.sum(dim=(0, 2))]


def images_gradient(
    shape: torch.Size,
    weight: Tensor,
    gradient: Tensor,
    stride: int = 1,
    padding: int = 0,
) -> Tensor:
    """Return the loss's gradient with respect to images of this shape.

    ∂loss/∂patches = weightᵀ · gradient, and of a pixel, the sum over its patches.
    """
    _, channels, kernel, _ = weight.shape
    rows, _, down, across = gradient.shape
    columns = weight.flatten(1).T @ gradient.transpose(0, 1).flatten(1)
    patches = columns.reshape(channels, kernel, kernel, rows, down, across)
    return fold(patches, shape, stride, padding)


def average_pooling(images: Tensor, kernel: int, stride: int) -> Tensor:
    """Return the mean of every patch: (rows, channels, down, across)."""
    patches = unfold(images, kernel, stride).flatten(1, 2).unbind(dim=1)
    return (sum(patches) / kernel**2).transpose(0, 1)


def average_pooling_gradient(
    shape: torch.Size, kernel: int, stride: int, gradient: Tensor
) -> Tensor:
    """Return the gradient with respect to images of this shape: a share for each pixel."""
    share = gradient.transpose(0, 1)[:, None, None] / kernel**2
    return fold(share.expand(-1, kernel, kernel, -1, -1, -1), shape, stride)


def max_pooling(images: Tensor, kernel: int, stride: int) -> tuple[Tensor, Tensor]:
    """Return the largest pixel of every patch, and which one of the patch it is."""
    largest = unfold(images, kernel, stride).flatten(1, 2).max(dim=1)
    return largest.values.transpose(0, 1), largest.indices


def max_pooling_gradient(
    shape: torch.Size, kernel: int, stride: int, places: Tensor, gradient: Tensor
) -> Tensor:
    """Return the gradient with respect to images of this shape: all of it to the largest."""
    gradient = gradient.transpose(0, 1).unsqueeze(1)
    patches = gradient.new_zeros(len(places), kernel**2, *places.shape[1:])
    patches.scatter_(1, places.unsqueeze(1), gradient)
    return fold(patches.unflatten(1, (kernel, kernel)), shape, stride)
