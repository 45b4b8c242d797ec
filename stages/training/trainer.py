"""Training by transformers' Trainer: the loop that most people use. Chapter 9.

Its defaults are made for language models of many gigabytes. What is said here in their
place makes it take the book's batches and steps, to the last bit; but a schedule other than
constant goes down step by step here, and epoch by epoch in `concise.sgd`.
"""

import math
import sys
import tempfile
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, Sampler
from transformers import (
    PrinterCallback,
    ResNetConfig,
    ResNetForImageClassification,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from stages.concise.pretrained import BookConfig, BookModel
from stages.pipeline.errors import UserError
from stages.training.batches import as_input
from stages.training.blocks import GradientModel
from stages.training.loop import Epoch, Rows, Tally, accuracy


class GreyResNetForImageClassification(ResNetForImageClassification):
    """Takes grey images, too, as pipeline() gives them to it: in three equal channels."""

    def forward(self, pixel_values: Tensor, labels: Tensor | None = None):
        """Return logits (rows, classes) and with labels (rows,) the loss."""
        return super().forward(pixel_values.expand(-1, 3, -1, -1), labels)


def build(block: GradientModel, shape, classes: int, generator: torch.Generator):
    """Return a model with its initial weights, as `models.build` does."""
    arguments = block.arguments(shape, classes)
    if block.kind == "resnet":
        # transformers draws the weights, from no generator that one could hand to it
        torch.manual_seed(generator.initial_seed() if generator else 0)
        model = GreyResNetForImageClassification(ResNetConfig(**arguments))
        return model.to(memory_format=torch.channels_last)  # a third faster
    config = BookConfig(block.kind, arguments, grey=shape[0] == 1, dtype=block.dtype)
    return BookModel(config, generator)


class Images(Dataset):
    """Images and labels in memory, handed out a batch at a time."""

    def __init__(self, features: Tensor, targets: Tensor, dtype: torch.dtype):
        self.features, self.targets, self.dtype = features, targets, dtype

    def __len__(self) -> int:
        return len(self.targets)

    def __getitems__(self, rows: list[int]) -> dict[str, Tensor]:
        """Return a batch: one slice of memory instead of a dictionary a row."""
        index = torch.tensor(rows)
        images = as_input(self.features[index], self.dtype)
        return {"pixel_values": images, "labels": self.targets[index]}


class Order(Sampler):
    """The rows in a new random order every epoch, or as they lie."""

    def __init__(self, rows: int, shuffle: bool, generator: torch.Generator):
        self.rows, self.shuffle, self.generator = rows, shuffle, generator

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[int]:
        if not self.shuffle:
            return iter(range(self.rows))
        return iter(torch.randperm(self.rows, generator=self.generator).tolist())


class BookTrainer(Trainer):
    """A Trainer that takes the rows in an order of ours, and tallies what it sees."""

    def __init__(self, order: Order, tally: Tally, **kwargs):
        super().__init__(**kwargs)
        self.order, self.tally = order, tally

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler:
        return self.order

    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        """Return what the Trainer does. It would log the mean of batches, not of rows."""
        loss, outputs = super().compute_loss(model, inputs, True, **kwargs)
        self.tally.add(loss.detach(), outputs.logits.detach(), inputs["labels"])
        return (loss, outputs) if return_outputs else loss


class AfterEpoch(TrainerCallback):
    """Keeps what each epoch came to."""

    def __init__(self, tally: Tally, test_set: Rows):
        self.tally, self.test_set, self.epochs = tally, test_set, []

    def on_epoch_end(self, args, state, control, model: nn.Module, **kwargs) -> None:
        test_acc = accuracy(model.eval(), *self.test_set)
        self.epochs.append(self.tally.epoch(len(self.epochs) + 1, test_acc))
        control.should_training_stop |= not math.isfinite(self.epochs[-1].train_loss)


def train(
    model: nn.Module,
    block: GradientModel,
    train_set: Rows,
    test_set: Rows,
    generator: torch.Generator,
) -> Iterator[Epoch]:
    """Train a model, and yield at the end what each epoch came to.

    Args as `loop.train` takes them; the block has the rest.

    Raises:
        UserError: it would train on several GPUs at once, each with batches of its own.
    """
    device = model.device
    if device.type == "cuda" and torch.cuda.device_count() > 1:
        raise UserError(
            f"the Trainer takes all {torch.cuda.device_count()} GPUs that it sees, expected "
            "one: set CUDA_VISIBLE_DEVICES=0, say, and DEVICE=cuda"
        )
    train_set, test_set = (
        [torch.as_tensor(array, device=device) for array in part]
        for part in (train_set, test_set)
    )
    tally = Tally(device)
    after_epoch = AfterEpoch(tally, test_set)
    with tempfile.TemporaryDirectory() as folder:
        trainer = BookTrainer(
            order=Order(len(train_set[1]), block.shuffle, generator),
            tally=tally,
            model=model,
            args=TrainingArguments(  # behind each, its default and what that does
                output_dir=folder,
                num_train_epochs=block.epochs,
                per_device_train_batch_size=block.batch_size,
                dataloader_drop_last=block.drop_last,
                lr_scheduler_type=block.schedule,  # linear: down to 0, step by step
                max_grad_norm=0,  # 1: longer gradients are cut to that, and ours reach 1.9
                remove_unused_columns=False,  # True: what it thinks nobody uses is dropped
                save_strategy="no",  # steps: a checkpoint every 500
                logging_strategy="no",  # steps: the loss of every 500th
                report_to=[],  # all: any service of experiments that is installed
                use_cpu=device.type == "cpu",  # False: a GPU, if there is one
                dataloader_pin_memory=False,  # True: for data that goes to a GPU later
                disable_tqdm=not sys.stderr.isatty(),  # False: a bar in every log file
            ),
            optimizer_cls_and_kwargs=optimizer(block),  # AdamW
            data_collator=lambda batch: batch,  # puts rows together one by one
            train_dataset=Images(*train_set, next(model.parameters()).dtype),
            callbacks=[after_epoch],
        )
        trainer.remove_callback(PrinterCallback)  # a summary, where there is no bar
        trainer.train()
    yield from after_epoch.epochs


def optimizer(block: GradientModel) -> tuple[type[torch.optim.Optimizer], dict]:
    """Return the class of what trains a model, and its arguments; AdamW's β₁ is a momentum."""
    if block.kind == "resnet":
        betas = (block.momentum, 0.999)
        return torch.optim.AdamW, {"lr": block.lr, "betas": betas}
    return torch.optim.SGD, {"lr": block.lr, "momentum": block.momentum}
