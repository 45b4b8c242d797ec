"""Fashion-MNIST in Keras on TensorFlow: an epoch of fit."""

import time

import keras
from epochs import BATCH_SIZE, LR, STD, Arrays, Test, Train, answer
from keras.initializers import RandomNormal
from keras.layers import Dense


class Clock(keras.callbacks.Callback):
    """Times an epoch within fit: what a call does besides, users pay once for many."""

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.start


def make(sizes: list[int], train_set: Arrays, test_set: Arrays) -> tuple[Train, Test]:
    """Return an epoch of a new model, compiled, and its accuracy on the test set."""
    keras.utils.set_random_seed(0)
    inputs, *hidden, outputs = sizes
    layers = [
        Dense(units, activation="relu", kernel_initializer=RandomNormal(stddev=STD))
        for units in hidden
    ]
    layers.append(Dense(outputs, kernel_initializer=RandomNormal(stddev=STD)))
    model = keras.Sequential([keras.Input((inputs,)), *layers])
    model.compile(
        optimizer=keras.optimizers.SGD(LR),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )

    clock = Clock()

    def train() -> tuple[float, float, float]:
        history = model.fit(
            *train_set, batch_size=BATCH_SIZE, verbose=0, callbacks=[clock]
        ).history
        return clock.seconds, history["loss"][0], history["accuracy"][0]

    def test() -> float:
        return model.evaluate(*test_set, batch_size=1000, verbose=0)[1]

    before = model.get_weights()
    train()
    test()
    model.set_weights(before)
    return train, test


if __name__ == "__main__":
    answer(make)
