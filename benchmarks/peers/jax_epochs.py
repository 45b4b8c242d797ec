"""Fashion-MNIST in JAX: an epoch is one jitted scan over its batches."""

import time

import jax
import jax.numpy as jnp
import numpy as np
from epochs import BATCH_SIZE, LR, STD, Arrays, Test, Train, answer


def initial(sizes: list[int], key: jax.Array) -> list[tuple[jax.Array, jax.Array]]:
    """Return a weight (inputs, outputs) and a bias (outputs,) a layer."""
    keys = jax.random.split(key, len(sizes) - 1)
    return [
        (STD * jax.random.normal(k, shape), jnp.zeros(shape[1]))
        for k, *shape in zip(keys, sizes, sizes[1:])
    ]


def predict(parameters, images: jax.Array) -> jax.Array:
    """Return logits (rows, 10)."""
    *hidden, (last_weight, last_bias) = parameters
    for weight, bias in hidden:
        images = jax.nn.relu(images @ weight + bias)
    return images @ last_weight + last_bias


def loss_and_hits(parameters, images: jax.Array, targets: jax.Array):
    """Return the mean cross-entropy of a batch, and how many logits are right."""
    logits = predict(parameters, images)
    log_probabilities = jax.nn.log_softmax(logits)
    of_targets = jnp.take_along_axis(log_probabilities, targets[:, None], axis=1)
    return -of_targets.mean(), (logits.argmax(axis=1) == targets).sum()


@jax.jit
def train_epoch(parameters, rows: jax.Array, images: jax.Array, targets: jax.Array):
    """Return the parameters after an epoch, its mean loss and its accuracy.

    rows: the numbers of the rows, shuffled.
    """

    def step(parameters, rows: jax.Array):
        batch = images[rows], targets[rows]
        (loss, hits), gradients = jax.value_and_grad(loss_and_hits, has_aux=True)(
            parameters, *batch
        )
        parameters = jax.tree.map(lambda p, g: p - LR * g, parameters, gradients)
        return parameters, (loss * len(rows), hits)

    full = len(targets) // BATCH_SIZE * BATCH_SIZE
    steps = rows[:full].reshape(-1, BATCH_SIZE)
    parameters, (losses, hits) = jax.lax.scan(step, parameters, steps)
    # a scan's steps are of one shape: the last, smaller batch comes after it
    parameters, (last_loss, last_hits) = step(parameters, rows[full:])
    loss = (losses.sum() + last_loss) / len(targets)
    return parameters, loss, (hits.sum() + last_hits) / len(targets)


@jax.jit
def accuracy(parameters, images: jax.Array, targets: jax.Array) -> jax.Array:
    """Return the share of rows whose highest logit is the target's."""
    return (predict(parameters, images).argmax(axis=1) == targets).mean()


def make(sizes: list[int], train_set: Arrays, test_set: Arrays) -> tuple[Train, Test]:
    """Return an epoch of a new model, compiled, and its accuracy on the test set."""
    train_set, test_set = jax.device_put((train_set, test_set))
    parameters = initial(sizes, jax.random.key(0))
    shuffle = np.random.default_rng(0).permutation  # JAX's takes 25 times as long
    count = len(train_set[1])
    jax.block_until_ready(train_epoch(parameters, np.arange(count), *train_set))
    jax.block_until_ready(accuracy(parameters, *test_set))

    def train() -> tuple[float, float, float]:
        nonlocal parameters
        start = time.perf_counter()
        parameters, loss, hits = train_epoch(parameters, shuffle(count), *train_set)
        loss, hits = float(loss), float(hits)  # which waits for them
        return time.perf_counter() - start, loss, hits

    return train, lambda: float(accuracy(parameters, *test_set))


if __name__ == "__main__":
    answer(make)
