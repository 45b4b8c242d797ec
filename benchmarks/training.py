"""How long an epoch of training takes, and a step of a small model."""

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision.datasets import FashionMNIST
from torchvision.transforms import ToTensor

from benchmarks.measure import Group, in_turn
from benchmarks.ours import our_loop
from benchmarks.peers.epochs import BATCH_SIZE, LR, SIZES, STD
from benchmarks.peers.rows import start
from benchmarks.products import LIBRARIES, matrix_products, unbound_seconds
from byhand.datasets.folder import Part, as_matrix, read_dataset
from byhand.trainer import descent
from byhand.training.batches import take
from byhand.training.device import reproducible_device
from byhand.training.models import find

WAYS = {
    "scratch": "our loop, by hand",
    "autograd": "our loop, our engine",
    "torch": "our loop, torch.nn",
}
OURS = {
    name: {
        "softmax regression": (find(way, "softmax"), find(way, "sgd")),
        "the perceptron": (find(way, "mlp"), find(way, "sgd")),
    }
    for way, name in WAYS.items()
}
STEPS, STEP_ROWS = 258, 20  # of an epoch of softmax_clusters_scratch

Epoch = Callable[[], None]
Set = tuple[Tensor, Tensor]


def groups(root: Path, rounds: int) -> Iterator[Group]:
    """Measure epochs of Fashion-MNIST, and small steps, on the CPU."""
    default_threads = torch.get_num_threads()
    reproducible_device(threads=None)
    threads, device = torch.get_num_threads(), torch.device("cpu")
    dataset = read_dataset(root / "data/FashionMNIST/raw")
    peers = start(root)
    train_set = tuple(map(torch.from_numpy, dataset.train))
    for kind, sizes in SIZES.items():
        rows = {"matrix products": matrix_products(sizes, BATCH_SIZE, device)}
        for name, models in OURS.items():
            rows[name] = our_loop(*models[kind], sizes, train_set, torch.float32)
        rows["transformers' Trainer"] = by_trainer(sizes, train_set)
        rows |= scikit_learn(sizes, dataset.train)
        loops = {
            "DataLoader, 4 workers": loader_loop(root, sizes, 4, device),
            "DataLoader": loader_loop(root, sizes, 0, device),
        }
        rows = {name: partial(with_threads, threads, e) for name, e in rows.items()}
        rows |= {
            name: partial(with_threads, default_threads, epoch)
            for name, epoch in loops.items()
        }
        rows |= {peer.name: partial(peer.epoch, kind) for peer in peers}
        rows |= {
            f"matrix products by {library}, held to nothing": partial(
                unbound_seconds, library, sizes, BATCH_SIZE
            )
            for library in LIBRARIES
        }
        yield Group(
            f"an epoch of {kind} {'-'.join(map(str, sizes))} on cpu",
            "s",
            in_turn(rows, rounds),
            reference="DataLoader",
            floor="matrix products",
        )

    rows = {
        WAYS[way]: our_loop(lenet(way), find(way, "sgd"), [], train_set, torch.float32)
        for way in ("scratch", "torch")
    }
    yield Group(
        "an epoch of LeNet on cpu",
        "s",
        in_turn(rows, 1),
        reference="our loop, torch.nn",
    )

    for peer in peers:
        peer.stop()
    reproducible_device(threads=1)  # for float64
    generator = torch.Generator().manual_seed(0)
    points = 30 * torch.rand(STEPS * STEP_ROWS, 3, dtype=torch.float64)
    samples = points, torch.randint(8, (STEPS * STEP_ROWS,), generator=generator)
    for kind, sizes in {
        "softmax regression": [3, 10],
        "the perceptron": [3, 128, 8],
    }.items():
        rows = {
            name: our_loop(
                *models[kind],
                sizes,
                samples,
                torch.float64,
                batch_size=STEP_ROWS,
                shuffle=False,
            )
            for name, models in OURS.items()
        }
        reference = "our loop, torch.nn"
        if kind == "softmax regression":
            reference = "the tutorial's loop"
            rows[reference] = tutorial_loop(sizes, samples)
        seconds = in_turn(rows, 3 * rounds)
        yield Group(
            f"{kind} {'-'.join(map(str, sizes))}, {STEP_ROWS} rows a step",
            "steps/s",
            {name: STEPS / value for name, value in seconds.items()},
            reference=reference,
            ratio="times as many as",
        )


def lenet(way: str) -> Callable[..., Any]:
    """Return what makes LeNet in this way, called as what makes the others."""
    return lambda _, __, dtype, generator: find(way, "lenet")(
        (1, 28, 28), 10, dtype=dtype, generator=generator
    )


def with_threads(threads: int, epoch: Epoch) -> None:
    """Run an epoch with that many threads of PyTorch."""
    torch.set_num_threads(threads)
    epoch()


def by_trainer(sizes: list[int], train_set: Set) -> Epoch:
    """Return transformers' Trainer, set as the pipeline sets it, for one epoch."""
    generator = torch.Generator().manual_seed(0)
    features, targets = train_set
    model = find("trainer", "mlp")(sizes, STD, torch.float32, generator)
    images = descent.Images(
        len(targets),
        lambda rows: take(rows.to(targets.device), features, targets, torch.float32),
    )
    return lambda: descent.train(
        model.to(features.device),
        images,
        lr=LR,
        epochs=1,
        momentum=0.0,
        schedule="constant",
        batch_size=BATCH_SIZE,
        shuffle=True,
        drop_last=False,
        generator=generator,
        on_batch=lambda *_: None,
        on_epoch=lambda _: True,
    )


def loader_loop(
    root: Path, sizes: list[int], workers: int, device: torch.device
) -> Epoch:
    """Return the usual loop: torchvision's dataset, ToTensor, a DataLoader, loss.item()."""
    dataset = FashionMNIST(str(root / "data"), train=True, transform=ToTensor())
    # 4 workers are what people write, on machines of 2 cores, too
    warnings.filterwarnings("ignore", message="This DataLoader will create 4 worker")
    loader = DataLoader(
        dataset,
        BATCH_SIZE,
        shuffle=True,
        num_workers=workers,
        pin_memory=device.type == "cuda",
    )
    generator = torch.Generator().manual_seed(0)
    make_model = find("torch", "mlp")
    model = make_model(sizes, STD, torch.float32, generator).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    loss_function = nn.CrossEntropyLoss()

    def epoch() -> None:
        total_loss = correct = rows = 0
        for images, targets in loader:
            images, targets = images.to(device), targets.to(device)
            logits = model(images)
            loss = loss_function(logits, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total_loss += loss.item() * len(targets)
            correct += (logits.argmax(dim=1) == targets).sum().item()
            rows += len(targets)

    return epoch


def scikit_learn(sizes: list[int], part: Part) -> dict[str, Epoch]:
    """Return scikit-learn's epochs of the same shapes, and an iteration of its solver."""
    features, targets = as_matrix(part).astype("float32"), part.targets
    network = MLPClassifier(
        sizes[1:-1],
        solver="sgd",
        batch_size=BATCH_SIZE,
        learning_rate_init=LR,
        momentum=0,
        alpha=0,
    )
    epochs = {
        "scikit-learn's MLPClassifier": lambda: network.partial_fit(
            features, targets, classes=range(10)
        )
    }
    if len(sizes) == 2:

        def iterations() -> None:
            with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
                LogisticRegression(max_iter=1).fit(features, targets)

        epochs["scikit-learn's LogisticRegression, one iteration"] = iterations
    return epochs


def tutorial_loop(sizes: list[int], train_set: Set) -> Epoch:
    """Return the tutorial's loop on samples: a Python list of batches, every loss read.

    Its softmax is exp(x) / Σ exp(x), its weight lies (inputs, classes), its SGD divides
    the summed loss's gradient by the batch size.
    """
    features, targets = train_set
    weight = torch.normal(0, STD, tuple(sizes), dtype=features.dtype)
    weight.requires_grad_()
    bias = torch.zeros(sizes[1], dtype=features.dtype, requires_grad=True)
    steps = [
        (features[i : i + STEP_ROWS], targets[i : i + STEP_ROWS])
        for i in range(0, len(targets) - STEP_ROWS + 1, STEP_ROWS)
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
                    parameter -= LR * parameter.grad / STEP_ROWS
                    parameter.grad.zero_()
            total_loss += float(loss.detach().sum())
            hits = probabilities.argmax(axis=1).type(y.dtype) == y
            correct += float(hits.type(y.dtype).sum())
            rows += len(y)

    return epoch
