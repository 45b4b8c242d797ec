"""Print the book's figures beside ours, from the metrics as they are."""

from pipeline.command import run

from pages.book import read_comparisons, tally

VERDICTS = {True: "yes", False: "NO", None: ""}


def main() -> None:
    comparisons = read_comparisons()
    line = "{:<26} {:<29} {:>20} {:>20}  {:<14} {}".format
    print(line("", "figure", "book", "ours", "expected", "as expected"))
    for c in comparisons:
        ours, verdict = c.ours_in_words, VERDICTS[c.is_right]
        print(line(c.subject, c.figure, c.book or "–", ours, c.expected, verdict))
    right, judged = tally(comparisons)
    print(f"\n{right} of {judged} are as expected.")


if __name__ == "__main__":
    run(main)
