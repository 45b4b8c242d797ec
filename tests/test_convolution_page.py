"""The page's convolution: its JavaScript, run by node, does what LeNet's first layers do."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pytest import approx

from byhand.datasets.folder import Dataset, Part
from byhand.pages.convolution import MODEL, PRESETS, chapter
from byhand.pages.results import Results
from byhand.pages.words import WORDS
from byhand.torch.lenet import LeNet
from tests.node import in_node, needs_node

pytestmark = needs_node

MAPS = """
    const { pictures, kernels } = convolution.unpacked(given);
    return pictures.map((picture) => kernels.map((kernel) => {
      const map = convolution.featureMap(picture, kernel), activated = convolution.activated(map, given.activation);
      return [map, activated, convolution.pooled(activated)];
    }));
"""


def drawn(activation="relu"):
    """Return the data of the page, and the model and the images that it has."""
    generator = torch.Generator().manual_seed(1)
    model = LeNet((1, 14, 12), 3, activation, generator=generator)
    with torch.no_grad():
        model[0].bias.normal_(generator=generator)
    images = np.random.default_rng(0).integers(0, 256, (9, 1, 14, 12), np.uint8)
    part = Part(images, np.array([2, 2, 0, 0, 1, 1, 0, 1, 2]))
    dataset = Dataset(part, part, ["a", "b", "c"], None)
    block = SimpleNamespace(activation=activation, data="mine")
    results = Results({MODEL: block}, {"mine": dataset}, {}, {}, 0)
    arrays = {name: p.detach().numpy() for name, p in model.named_parameters()}
    content, charts = chapter(results, arrays)
    assert charts == {}
    return content["convolution"], model, images[[2, 4, 0]]


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_the_maps_of_lenets_kernels_are_those_of_torch(activation):
    shown, model, images = drawn(activation)
    features = torch.from_numpy(images).double() / 255
    layers = [*model.double()][:3]  # convolution, activation, pooling
    expected = [features := layer(features) for layer in layers]
    found = in_node(["convolution/convolution.js"], MAPS, shown["spec"])
    for image, kernels in enumerate(found):
        for kernel, maps in enumerate(kernels):
            for picture, wanted in zip(maps, expected, strict=True):
                wanted = wanted[image, kernel]
                assert (picture["height"], picture["width"]) == wanted.shape
                numbers = wanted.flatten().tolist()
                assert picture["numbers"] == approx(numbers, abs=1e-6)


def test_the_images_are_the_first_of_each_class():
    shown, _, _ = drawn()
    assert shown["names"] == ["a", "b", "c"]


def test_a_kernel_of_another_size_has_zeros_around_it_or_its_middle():
    small = {"size": 3, "weights": [1, 2, 3, 4, 5, 6, 7, 8, 9], "bias": 1}
    body = "return [convolution.resized(given, 5), convolution.resized(convolution.resized(given, 5), 3)];"
    large, again = in_node(["convolution/convolution.js"], body, small)
    assert (
        np.reshape(large["weights"], (5, 5))[1:4, 1:4].flatten().tolist()
        == (small["weights"])
    )
    assert sum(large["weights"]) == 45
    assert again == small


def test_without_the_model_or_with_colours_there_is_no_convolution():
    results = Results({}, {}, {}, {}, 0)
    assert chapter(results, None) == ({"convolution": None}, {})

    block = SimpleNamespace(activation="relu", data="mine")
    part = Part(np.zeros((1, 3, 14, 12), np.uint8), np.array([0]))
    dataset = Dataset(part, part, ["a"], None)
    results = Results({MODEL: block}, {"mine": dataset}, {}, {}, 0)
    assert chapter(results, {}) == ({"convolution": None}, {})


def test_each_kernel_to_begin_with_has_a_chinese_name():
    assert set(PRESETS) <= set(WORDS)
