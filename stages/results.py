"""Print the book's figures beside ours, and what models of one's own reached."""

from pathlib import Path

from stages.pages.book import Comparison, read_comparisons, read_metrics, tally
from stages.pipeline.params import load_params
from stages.training.blocks import Models

VERDICTS = {True: "yes", False: "NO", None: ""}


def main() -> None:
    comparisons = read_comparisons()
    known = {c.subject for c in comparisons}
    own = [
        Comparison(model, key, f"test {key}", "", value, "", None)
        for model in load_params("models", Models)
        if model not in known
        for key, value in read_metrics(Path(f"metrics/test/{model}.json")).items()
        if key in ("accuracy", "loss")
    ]
    line = "{:<26} {:<29} {:>20} {:>20}  {:<14} {}".format
    print(line("", "figure", "book", "ours", "expected", "as expected"))
    for c in comparisons + own:
        ours, verdict = c.ours_in_words, VERDICTS[c.is_right]
        print(line(c.subject, c.figure, c.book or "–", ours, c.expected, verdict))
    right, judged = tally(comparisons)
    print(f"\n{right} of {judged} are as expected.")
    if right < judged:
        print("With other parameters than the book's, that is no fault.")
