"""The chapters' exercises: one YAML file a chapter, with the texts in both languages.

An exercise's key is its number, such as "4.2". The texts are Markdown and may use figures, as
the chapters may: {{ name }}. An answer that comes from data is such a figure, too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from markupsafe import Markup
from pydantic import AfterValidator, Field, model_validator

from byhand.pages.chapters import MARKDOWN
from byhand.pages.page import TEMPLATES
from byhand.pages.results import Results
from byhand.pipeline.errors import UserError
from byhand.pipeline.params import Count, Loader, Section, checked

FOLDER = Path(__file__).parent / "exercises"

Text = Annotated[str, Field(min_length=1)]
Block = Annotated[Text, AfterValidator(lambda text: Markup(MARKDOWN.render(text)))]
Line = Annotated[Text, AfterValidator(lambda text: Markup(MARKDOWN.renderInline(text)))]


class Blocks(Section):
    """Paragraphs in both languages."""

    en: Block
    zh: Block


class Lines(Section):
    """A sentence or two in both languages."""

    en: Line
    zh: Line


class Exercise(Section):
    """What every exercise has."""

    question: Blocks
    hint: Blocks
    solution: Blocks


class Number(Exercise):
    """Predict a number and type it.

    tolerance: how far from the answer a number may lie.
    wrong: what to say about a wrong number.
    """

    kind: Literal["number"]
    answer: float
    tolerance: Annotated[float, Field(ge=0)] = 0.0
    wrong: dict[float, Lines] = Field(default={})

    @model_validator(mode="after")
    def wrong_is_wrong(self):
        for number in self.wrong:
            if abs(number - self.answer) <= 2 * self.tolerance:
                raise ValueError(f"wrong.{number} is as good as the answer")
        return self


class Run(Section):
    """A model that the page can train, and its settings, such as {lr: 0.5}."""

    model: Text
    settings: dict[str, Any]


class Choice(Exercise):
    """Choose one of several sentences, and train the model afterwards, if there is a run.

    answer: the number of the right choice, from 1.
    wrong: what to say about a wrong choice, by its number.
    """

    kind: Literal["choice"]
    choices: Annotated[list[Lines], Field(min_length=2)]
    answer: Count
    wrong: dict[Count, Lines] = Field(default={})
    run: Run | None = None

    @model_validator(mode="after")
    def numbers_are_of_choices(self):
        return choices_checked(self, len(self.choices))


class Fault(Exercise):
    """Find the wrong line of a piece of Python; answer and wrong as of a choice."""

    kind: Literal["fault"]
    code: Text
    answer: Count
    wrong: dict[Count, Lines] = Field(default={})

    @model_validator(mode="after")
    def numbers_are_of_lines(self):
        return choices_checked(self, len(self.code.splitlines()))


def choices_checked(exercise: Choice | Fault, choices: int) -> Choice | Fault:
    """Return the exercise if its numbers are those of so many choices."""
    if exercise.answer > choices:
        raise ValueError(f"answer must be <= {choices}, got {exercise.answer}")
    for number in exercise.wrong:
        if number > choices or number == exercise.answer:
            raise ValueError(f"wrong.{number} is no wrong choice")
    return exercise


class Input(Section):
    """An argument that the page draws at random.

    numbers: of [-2, 2]; one is a number, several are an array.
    below: if given, the argument is a whole number from 0, below this one.
    """

    numbers: Count = 1
    below: Count | None = None


class Code(Exercise):
    """Mend a gradient in JavaScript; the page compares it with finite differences.

    given: the function `loss`.
    code: the function `gradient`, with a fault: the derivative of `loss` with respect to
        its first argument.
    mended: `gradient` without the fault.
    inputs: the arguments of both functions, by name.
    """

    kind: Literal["code"]
    given: Text
    code: Text
    mended: Text
    inputs: Annotated[dict[str, Input], Field(min_length=1)]


AnyExercise = Annotated[Number | Choice | Fault | Code, Field(discriminator="kind")]


def read_exercises(
    figures: dict[str, Any], folder: Path = FOLDER
) -> dict[str, dict[str, Exercise]]:
    """Read all exercises: by the chapter's name, then by number.

    Raises:
        UserError: a file is not YAML, or breaks the schema.
    """
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        text = TEMPLATES.from_string(path.read_text("utf-8")).render(figures)
        try:
            entries = yaml.load(text, Loader)
        except yaml.YAMLError as error:
            reason = " ".join(str(error).split())
            raise UserError(f"{path.name} is not valid YAML: {reason}") from error
        chapter = path.stem.partition("-")[2]
        found[chapter] = checked(entries, dict[str, AnyExercise], path.name)
    return found


def for_the_script(exercises: dict[str, dict[str, Exercise]]) -> dict[str, dict]:
    """Return what the page's script needs of each exercise, by number."""
    prose = {"question", "hint", "solution", "mended"}
    return {
        number: exercise.model_dump(exclude=prose, exclude_none=True)
        for of_chapter in exercises.values()
        for number, exercise in of_chapter.items()
    }


def after_training(results: Results) -> Callable[[str, float], dict[str, float]]:
    """Return a function of a model and a learning rate, for exercises.

    It returns the figures of the last epoch in the study of learning rates, rows not
    shuffled; none if the study has no such run.
    """

    def figures(model: str, lr: float) -> dict[str, float]:
        rows = results.plots.get(f"learning_rates/{model}", [])
        rows = [r for r in rows if r["shuffle"] == "False" and float(r["lr"]) == lr]
        names = ("train_loss", "train_acc", "test_acc")
        return {name: float(rows[-1][name]) for name in names} if rows else {}

    return figures
