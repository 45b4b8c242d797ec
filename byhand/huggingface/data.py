"""A dataset in the Hub's format: parquet files and a card, which `load_dataset` reads."""

from pathlib import Path

import datasets
from datasets import ClassLabel, DatasetInfo, Features, Image, Value
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict, SplitInfo
from huggingface_hub import DatasetCard, DatasetCardData

from byhand.datasets.folder import Dataset, Part
from byhand.pipeline.outputs import png


def write_dataset(
    folder: Path, configurations: dict[str, Dataset], text: str, **of_card
) -> None:
    """Write the card, README.md, and SUBFOLDER/SPLIT-00000-of-00001.parquet.

    SUBFOLDER is the configuration's name, or data if there is only one configuration. The
    card has `text` below its metadata; of_card is more metadata, see DatasetCardData.
    """
    infos, files = {}, []
    for name, dataset in configurations.items():
        splits = SplitDict()
        subfolder = name if len(configurations) > 1 else "data"
        for split in ("train", "test"):
            table = as_table(dataset, getattr(dataset, split))
            path = folder / subfolder / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            size = table.to_parquet(path)
            splits[split] = SplitInfo(split, num_bytes=size, num_examples=len(table))
        infos[name] = DatasetInfo(
            features=table.features,
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


def as_table(dataset: Dataset, part: Part) -> datasets.Dataset:
    """Return the rows of a part: a PNG image or a number for each column, and a label."""
    if dataset.has_images:
        types = {"image": Image()}
        values = {"image": [{"bytes": png(image)} for image in part.features]}
    else:
        types = dict.fromkeys(dataset.columns, Value("float64"))
        values = dict(zip(dataset.columns, part.features.T, strict=True))
    types["label"] = ClassLabel(names=dataset.class_names)
    values["label"] = part.targets
    return datasets.Dataset.from_dict(values, Features(types))
