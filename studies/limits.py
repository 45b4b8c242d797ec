"""How far straight borders get, and bent ones, where training is no obstacle.

The book's steps are too long for XOR's coordinates: its figures depend as much on its recipe
as on its models. Here logistic regression is fitted until scikit-learn's solver has
converged. The perceptron takes more and shorter steps, in a new order each epoch, at the
rate of the lowest training loss in `learning_rates`.
"""

from pathlib import Path

from byhand.evaluation.settings import Studies
from byhand.pipeline.outputs import write_arrays, write_json
from byhand.pipeline.params import Seed, load_params
from byhand.training.blocks import load_model_and_data
from byhand.training.kinds.logistic import Logistic
from byhand.training.settings import Fit
from byhand.training.start import start
from byhand.training.trained import arrays_of


def main(name: str) -> None:
    seed = load_params("seed", Seed)
    block, dataset = load_model_and_data(name, seed)
    fit, limits = load_params("fit", Fit), load_params("studies", Studies).limits
    fitted = {"kind": "logistic", "how": "sklearn", "data": block.data, "recipe": "fit"}
    blocks = {
        "straight": Logistic(**fitted, **dict(fit)),
        "bent": block.model_copy(update=dict(limits)),
    }
    accuracies = {}
    for borders, of_borders in blocks.items():
        model, train = start(of_borders, dataset, seed)
        accuracies[borders] = train().test_acc
        path = Path(f"data/limits/{name}/{borders}.safetensors")
        write_arrays(path, arrays_of(model))
    write_json(Path(f"metrics/limits/{name}.json"), accuracies)
