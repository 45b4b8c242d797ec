"""Training by transformers' Trainer, the loop that most people use. Chapter 9.

The Trainer's defaults are made for language models of many gigabytes. With the settings
below, it takes the book's batches and steps, to the last bit. One thing differs from
torch/sgd.py: a schedule changes the learning rate after each step, not after each epoch.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, Sampler
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments


class Images(Dataset):
    """Images and labels in memory, read a batch at a time.

    Args:
        rows: how many.
        take: returns the features and the targets of rows, given their numbers (batch,).
    """

    def __init__(self, rows: int, take: Callable[[Tensor], tuple[Tensor, Tensor]]):
        self.rows, self.take = rows, take

    def __len__(self) -> int:
        return self.rows

    def __getitems__(self, rows: list[int]) -> dict[str, Tensor]:
        """Return a batch as one dictionary, instead of a dictionary for each row."""
        images, labels = self.take(torch.tensor(rows))
        return {"pixel_values": images, "labels": labels}


class Order(Sampler):
    """The rows in a new random order every epoch, or in their own order."""

    def __init__(self, rows: int, shuffle: bool, generator: torch.Generator):
        self.rows, self.shuffle, self.generator = rows, shuffle, generator

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[int]:
        if not self.shuffle:
            return iter(range(self.rows))
        return iter(torch.randperm(self.rows, generator=self.generator).tolist())


class BookTrainer(Trainer):
    """A Trainer that takes the rows in our order, and calls on_batch with each batch."""

    def __init__(self, order: Order, on_batch: Callable[..., None], **kwargs):
        super().__init__(**kwargs)
        self.order, self.on_batch = order, on_batch

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler:
        return self.order

    def get_decay_parameter_names(self, model: nn.Module) -> list[str]:
        """Return all names; the Trainer would spare biases and norms."""
        return [name for name, _ in model.named_parameters()]

    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        """Call on_batch: the Trainer's own log averages batches, not rows."""
        loss, outputs = super().compute_loss(model, inputs, True, **kwargs)
        self.on_batch(loss.detach(), outputs["logits"].detach(), inputs["labels"])
        return (loss, outputs) if return_outputs else loss


class AfterEpoch(TrainerCallback):
    """Calls on_epoch, and stops the training if on_epoch returns False."""

    def __init__(self, on_epoch: Callable[[nn.Module], bool]):
        self.on_epoch = on_epoch

    def on_epoch_end(self, args, state, control, model: nn.Module, **kwargs) -> None:
        control.should_training_stop |= not self.on_epoch(model)


def train(
    model: nn.Module,
    images: Images,
    *,
    lr: float,
    epochs: int,
    momentum: float,
    schedule: str,
    weight_decay: float,
    batch_size: int,
    shuffle: bool,
    drop_last: bool,
    generator: torch.Generator,
    on_batch: Callable[[Tensor, Tensor, Tensor], None],
    on_epoch: Callable[[nn.Module], bool],
) -> None:
    """Train a model of this room. Arguments as in params.yaml, and:

    generator: source of the order of rows; its seed is that of dropout's masks.
    on_batch: takes the loss, logits and labels of each batch, before its step.
    on_epoch: takes the model after each epoch; returns whether to go on.
    """
    on_cpu = next(model.parameters()).device.type == "cpu"
    with tempfile.TemporaryDirectory() as folder:
        trainer = BookTrainer(
            order=Order(len(images), shuffle, generator),
            on_batch=on_batch,
            model=model,
            args=TrainingArguments(  # each comment: the default, and what it would do
                output_dir=folder,
                num_train_epochs=epochs,
                per_device_train_batch_size=batch_size,
                dataloader_drop_last=drop_last,
                lr_scheduler_type=schedule,  # linear: down to 0, step by step
                weight_decay=weight_decay,
                max_grad_norm=0,  # 1: longer gradients are cut to 1, and ours reach 1.9
                remove_unused_columns=False,  # True: drops columns forward() does not name
                save_strategy="no",  # steps: a checkpoint every 500
                logging_strategy="no",  # steps: the loss of every 500th
                seed=generator.initial_seed(),  # 42: for dropout's masks, say
                report_to=[],  # all: any service of experiments that is installed
                use_cpu=on_cpu,  # False: a GPU, if there is one
                dataloader_pin_memory=False,  # True: for data that goes to a GPU later
                disable_tqdm=not sys.stderr.isatty(),  # False: a bar in every log file
            ),
            optimizer_cls_and_kwargs=model.optimizer(lr, momentum),  # AdamW
            data_collator=lambda batch: batch,  # rows are put together one by one
            train_dataset=images,
            callbacks=[AfterEpoch(on_epoch)],
        )
        trainer.remove_callback(PrinterCallback)  # prints a summary if there is no bar
        trainer.train()
