"""How long an epoch takes, against the usual loader loop and against its matrix products.

Every row is measured in turn, round after round, in one process with as many threads for
each; a ratio is of medians. The references are written as their authors would write them.
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision.datasets import FashionMNIST
from torchvision.transforms import ToTensor

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "stages"))

import concise.models
from pipeline.inputs import Part, as_matrix, read_dataset
from pipeline.models import as_tensors, reproducible_device
from scratch.batches import batches
from scratch.mlp import MLP
from scratch.sgd import SGD
from scratch.softmax_regression import SoftmaxRegression, cross_entropy
from scratch.training import train

LR, BATCH_SIZE, STD = 0.1, 256, 0.01
SIZES = {"softmax": [784, 10], "mlp": [784, 256, 10]}
BY_HAND = {"softmax": SoftmaxRegression, "mlp": MLP}
BY_TORCH = {"softmax": concise.models.softmax_regression, "mlp": concise.models.mlp}

Epoch = Callable[[], None]
Set = tuple[Tensor, Tensor]


def our_loop(
    make_model,
    loss_function,
    optimizer_class,
    sizes: list[int],
    train_set: Set,
    batch_size: int = BATCH_SIZE,
    shuffle: bool = True,
) -> Epoch:
    """Return our training loop, by hand or on torch.nn, for one epoch."""
    generator = torch.Generator().manual_seed(0)
    model = make_model(sizes, STD, train_set[0].dtype, generator)
    optimizer = optimizer_class(model.parameters(), lr=LR)
    few = tuple(tensor[:1] for tensor in train_set)  # no test set is timed

    def epoch() -> None:
        list(
            train(
                model,
                loss_function,
                optimizer,
                train_set,
                few,
                epochs=1,
                batch_size=batch_size,
                shuffle=shuffle,
                drop_last=not shuffle,
                generator=generator,
            )
        )

    return epoch


def loader_loop(sizes: list[int], workers: int) -> Epoch:
    """Return the usual loop: torchvision's dataset, ToTensor, a DataLoader, loss.item()."""
    dataset = FashionMNIST(str(ROOT / "data"), train=True, transform=ToTensor())
    with warnings.catch_warnings(
        action="ignore"
    ):  # 4 are more than some machines' cores
        loader = DataLoader(dataset, BATCH_SIZE, shuffle=True, num_workers=workers)
    generator = torch.Generator().manual_seed(0)
    model = concise.models.mlp(sizes, STD, torch.float32, generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    loss_function = nn.CrossEntropyLoss()

    def epoch() -> None:
        total_loss = correct = rows = 0
        for images, targets in loader:
            logits = model(images)
            loss = loss_function(logits, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total_loss += loss.item() * len(targets)
            correct += (logits.argmax(dim=1) == targets).sum().item()
            rows += len(targets)

    return epoch


def matrix_products(sizes: list[int], train_set: Set) -> Epoch:
    """Return the floor: the matrix products of each step, and nothing else.

    Forward, one a layer; backward, one a layer for its weight and, but for the first, one
    for what goes further back.
    """
    generator = torch.Generator().manual_seed(0)
    weights = [
        p.detach() for p in MLP(sizes, STD, torch.float32, generator).parameters()
    ]
    weights = weights[::2]
    steps = list(batches(*train_set, BATCH_SIZE, shuffle=False, drop_last=False))
    values = [[torch.rand(len(t), size) for size in sizes] for _, t in steps[-2:]]

    def epoch() -> None:
        for features, targets in steps:
            full, short = values
            inputs = full if len(targets) == BATCH_SIZE else short
            inputs = [features.flatten(1), *inputs[1:]]
            for layer, weight in enumerate(weights):
                inputs[layer] @ weight.T
                inputs[layer + 1].T @ inputs[layer]
                if layer:
                    inputs[layer + 1] @ weight

    return epoch


def scikit_learn(name: str, part: Part) -> Epoch:
    """Return one epoch of scikit-learn's stochastic gradient descent at the same shapes."""
    features, targets = as_matrix(part).astype("float32"), part.targets
    if name == "softmax":  # one class against the rest, row by row
        model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=LR / 100)
    else:
        model = MLPClassifier(
            SIZES["mlp"][1:-1],
            solver="sgd",
            batch_size=BATCH_SIZE,
            learning_rate_init=LR,
            momentum=0,
            alpha=0,
        )
    return lambda: model.partial_fit(features, targets, classes=range(10))


def tutorial_loop(sizes: list[int], batch_size: int, train_set: Set) -> Epoch:
    """Return the tutorial's loop on samples: a Python list of batches, every loss read.

    Its softmax is exp(x) / Σ exp(x), its weight lies (inputs, classes), its SGD divides
    the summed loss's gradient by the batch size.
    """
    features, targets = train_set
    weight = torch.normal(0, STD, tuple(sizes), dtype=features.dtype)
    weight.requires_grad_()
    bias = torch.zeros(sizes[1], dtype=features.dtype, requires_grad=True)
    steps = [
        (features[i : i + batch_size], targets[i : i + batch_size])
        for i in range(0, len(targets) - batch_size + 1, batch_size)
    ]

    def softmax(logits: Tensor) -> Tensor:
        exponentials = torch.exp(logits)
        return exponentials / exponentials.sum(1, keepdim=True)

    def epoch() -> None:
        total_loss = correct = rows = 0.0
        for x, y in steps:
            probabilities = softmax(torch.matmul(x, weight) + bias)
            loss = -torch.log(probabilities[range(len(probabilities)), y])
            loss.sum().backward()
            with torch.no_grad():
                for parameter in (weight, bias):
                    parameter -= LR * parameter.grad / batch_size
                    parameter.grad.zero_()
            total_loss += float(loss.detach().sum())
            hits = probabilities.argmax(axis=1).type(y.dtype) == y
            correct += float(hits.type(y.dtype).sum())
            rows += len(y)

    return epoch


def in_turn(rows: dict[str, Epoch], rounds: int) -> dict[str, float]:
    """Return each row's median seconds over `rounds` rounds, after one not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(rounds + 1):
        for name, epoch in rows.items():
            start = time.perf_counter()
            epoch()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def report(title: str, seconds: dict[str, float]) -> None:
    """Print the rows, each with its ratios to the first, the floor, and to the last."""
    first, *_, last = seconds
    print(f"\n{title}\n")
    print(f"| an epoch of | seconds | / {first} | times as fast as {last} |")
    print("| --- | --- | --- | --- |")
    for name, value in seconds.items():
        floor, reference = value / seconds[first], seconds[last] / value
        print(f"| {name} | {value:.4f} | {floor:.2f} | {reference:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="counted rounds (3)")
    parser.add_argument("--json", type=Path, help="write the seconds to this file, too")
    arguments = parser.parse_args()

    device = reproducible_device()
    dataset = read_dataset(ROOT / "data/FashionMNIST/raw")
    train_set = as_tensors(dataset.train, "float32", device)
    tables = {}
    for name, sizes in SIZES.items():
        tables[f"Fashion-MNIST, {name} {sizes}, batches of {BATCH_SIZE}"] = {
            "matrix products": matrix_products(sizes, train_set),
            "our loop, by hand": our_loop(
                BY_HAND[name], cross_entropy, SGD, sizes, train_set
            ),
            "our loop, torch.nn": our_loop(
                BY_TORCH[name],
                nn.functional.cross_entropy,
                torch.optim.SGD,
                sizes,
                train_set,
            ),
            "scikit-learn": scikit_learn(name, dataset.train),
            "DataLoader, 4 workers": loader_loop(sizes, 4),
            "DataLoader": loader_loop(sizes, 0),
        }
    points = torch.rand(5160, 3, dtype=torch.float64) * 30
    samples = (points, torch.randint(10, (5160,)))
    tables["samples, softmax [3, 10], 258 batches of 20"] = {
        "our loop, by hand": our_loop(
            SoftmaxRegression, cross_entropy, SGD, [3, 10], samples, 20, shuffle=False
        ),
        "the tutorial's loop": tutorial_loop([3, 10], 20, samples),
    }
    results = {}
    for title, rows in tables.items():
        with threadpool_limits(torch.get_num_threads()):
            results[title] = in_turn(rows, arguments.rounds)
        report(title, results[title])
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
