"""Write report/index.html: every chapter's results on one page that needs no network."""

import hashlib
from importlib.metadata import version
from pathlib import Path

import yaml

from byhand.datasets.folder import read_dataset
from byhand.datasets.settings import FASHION_MNIST, Preview
from byhand.pages import (
    autograd,
    book,
    concise,
    convolution,
    fashion,
    hugging_face,
    mlp,
    models,
    samples,
    studies,
    titanic,
    trainer,
)
from byhand.pages.chapters import read_chapters
from byhand.pages.code import coloured
from byhand.pages.exercises import after_training, for_the_script, read_exercises
from byhand.pages.figures import as_json
from byhand.pages.links import BOOK, link, source
from byhand.pages.page import render
from byhand.pages.results import Results, read_metrics, read_plots, read_rows
from byhand.pages.source import quote
from byhand.pages.words import IN_BOTH_LANGUAGES
from byhand.pipeline.outputs import read_arrays, read_json, write_bytes
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import Models, load_model
from byhand.training.start import start

VERSIONS = ["torch", "transformers", "scikit-learn", "numpy", "plotly"]
LIMITS = Path("data/limits/mlp_xor_scratch")  # models whose regions are drawn
LENET = Path(f"models/{convolution.MODEL}.safetensors")  # whose kernels are shown
TRAINERS = ["softmax_clusters_scratch", "mlp_xor_scratch"]  # the page trains these


def main() -> None:
    blocks = {name: load_model(name) for name in load_params("models", Models)}
    folders = dict.fromkeys([*(b.data for b in blocks.values()), FASHION_MNIST])
    # of other points, the page shows those that test
    trained = {mlp.XOR, *(blocks[m].data for m in TRAINERS if m in blocks)}
    results = Results(
        blocks=blocks,
        datasets={f: read_dataset(f, train_features=f in trained) for f in folders},
        plots=read_plots(Path("plots")),
        metrics=read_metrics(Path("metrics")),
        seed=load_params("seed", Seed),
    )
    comparisons = book.compare_all(
        read_rows(Path("data/book_figures.csv")), results.metrics
    )
    pictures = sorted(Path("plots/images/weights").glob("*.png"))
    parts = [
        autograd.chapter(results, read_json(Path("data/autograd_graph.json"))["nodes"]),
        fashion.chapter(results, load_params("preview", Preview)),
        samples.chapter(results),
        mlp.chapter(
            results,
            {b: read_arrays(LIMITS / f"{b}.safetensors") for b in ("straight", "bent")},
        ),
        concise.chapter(results, {p.stem: p.read_bytes() for p in pictures}),
        convolution.chapter(
            results,
            read_arrays(LENET) if convolution.MODEL in blocks else None,
        ),
        studies.chapter(results),
        titanic.chapter(results, comparisons),
        hugging_face.chapter(read_json(Path("docs/speed.json"))),
        trainer.chapter(
            results, {m: initial_layers(m, results) for m in TRAINERS if m in blocks}
        ),
        models.chapter(results),
        book.chapter(results, comparisons),
    ]
    content = {key: value for part, _ in parts for key, value in part.items()}
    charts = {name: chart for _, part in parts for name, chart in part.items()}
    content |= (
        IN_BOTH_LANGUAGES
        | this_run(results)
        | {
            "after_training": after_training(results),
            "accuracy": lambda m: results.metrics.get(f"test/{m}", {}).get("accuracy"),
            "seeds": lambda m: book.spread_of(results.metrics, f"test/{m}", "accuracy"),
            "book_repository": BOOK,
            "coloured": coloured,
            "link": link,
            "points": book.points,
            "quote": quote,
            "source": source,
        }
    )
    chapters = read_chapters(content)
    page = render(
        "report.html.j2",
        {name: as_json(chart) for name, chart in charts.items()},
        exercises=read_exercises(content),
        for_the_script=for_the_script,
        charts=charts,
        chapters=chapters,
        shown={m.target for c in chapters for piece in c.pieces for m in piece.marks},
        **content,
    )
    write_bytes(Path("report/index.html"), page)


def initial_layers(model: str, results: Results) -> list[trainer.Layer]:
    """Return a model's layers before training."""
    block = results.blocks[model]
    dataset = block.prepared(results.datasets[block.data], results.seed)
    untrained, _ = start(block, dataset, results.seed)
    arrays = [p.detach().cpu().numpy() for _, p in untrained.named_parameters()]
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def this_run(results: Results) -> dict:
    """Return what the results came from; a commit's name is not known before they do."""
    metrics = [path.read_bytes() for path in sorted(Path("metrics").rglob("*.json"))]
    params = read_json(Path("data/params.json"))
    return {
        "seed": results.seed,
        "params": yaml.safe_dump(params, sort_keys=False, allow_unicode=True),
        "versions": ", ".join(f"{name} {version(name)}" for name in VERSIONS),
        "fingerprint": hashlib.sha256(b"".join(metrics)).hexdigest()[:12],
    }
