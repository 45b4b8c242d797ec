"""The network in NumPy gives the logits of the models that PyTorch trained."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import DTYPES, SEEDS, SIZES

import concise.models
from evaluation.network import logits
from pipeline.models import layers
from scratch.mlp import MLP


@given(SIZES, DTYPES, SEEDS, st.sampled_from([MLP, concise.models.mlp]))
def test_logits_are_the_models(sizes, dtype, seed, make_model):
    generator = torch.Generator().manual_seed(seed)
    model = make_model(sizes, 0.7, dtype, generator)
    features = torch.randn(4, sizes[0], dtype=dtype, generator=generator)
    expected = model(features).detach().numpy()
    got = logits(layers(model), features.numpy())
    assert got.dtype == expected.dtype
    assert np.allclose(got, expected, rtol=1e-5, atol=1e-5)
