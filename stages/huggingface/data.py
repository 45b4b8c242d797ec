"""A dataset as parquet files with a card, as the Hub takes it and `load_dataset` reads it."""

import io
from pathlib import Path

import datasets
import numpy as np
from datasets import ClassLabel, DatasetInfo, Features, Image, Value
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict, SplitInfo
from huggingface_hub import DatasetCard, DatasetCardData
from PIL import Image as PillowImage

from stages.datasets.folder import Dataset, Part


def write_dataset(
    folder: Path, configurations: dict[str, Dataset], text: str, **of_card
) -> None:
    """Write README.md, and a configuration's splits as FOLDER/SPLIT-00000-of-00001.parquet.

    FOLDER is the configuration's name, or data if there is only one.

    Args:
        folder: to write to.
        configurations: by name.
        text: of the card, below what it says to machines.
        of_card: more of what it says to machines, see DatasetCardData.
    """
    infos, files = {}, []
    for name, dataset in configurations.items():
        features = schema(dataset)
        splits = SplitDict()
        subfolder = name if len(configurations) > 1 else "data"
        for split in ("train", "test"):
            part = getattr(dataset, split)
            table = datasets.Dataset.from_dict(columns(dataset, part), features)
            path = folder / subfolder / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            size = table.to_parquet(path)
            splits[split] = SplitInfo(split, num_bytes=size, num_examples=len(table))
        infos[name] = DatasetInfo(
            features=features,
            splits=splits,
            download_size=sum(f.stat().st_size for f in path.parent.iterdir()),
            dataset_size=sum(split.num_bytes for split in splits.values()),
        )
        paths = [{"split": split, "path": f"{subfolder}/{split}-*"} for split in splits]
        files.append({"config_name": name, "data_files": paths})
    data = DatasetCardData(**of_card)
    DatasetInfosDict(infos).to_dataset_card_data(data)
    data["configs"] = files
    DatasetCard(f"---\n{data}\n---\n\n{text}").save(folder / "README.md")


def schema(dataset: Dataset) -> Features:
    """Return the columns: an image, or a number each, and the label's class."""
    if dataset.has_images:
        columns = {"image": Image()}
    else:
        columns = dict.fromkeys(dataset.columns, Value("float64"))
    return Features(columns | {"label": ClassLabel(names=dataset.class_names)})


def columns(dataset: Dataset, part: Part) -> dict[str, list]:
    """Return a part's columns, images as PNG."""
    if dataset.has_images:
        values = {"image": [{"bytes": png(image)} for image in part.features]}
    else:
        values = dict(zip(dataset.columns, part.features.T, strict=True))
    return values | {"label": part.targets}


def png(image: np.ndarray) -> bytes:
    """Return an image (channels, height, width) uint8, of one channel or three, as PNG."""
    file = io.BytesIO()
    pixels = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    PillowImage.fromarray(pixels).save(file, "png")
    return file.getvalue()
