"""Models' names in words, in both languages."""

from stages.pages.page import WORDS

KINDS = {
    "softmax": "softmax regression",
    "mlp": "perceptron",
    "lenet": "LeNet",
    "resnet": "ResNet",
    "logistic": "logistic regression",
}
WAYS = {
    "scratch": "by hand",
    "autograd": "by our engine",
    "torch": "by torch.nn",
    "trainer": "by the Trainer",
    "sklearn": "by scikit-learn",
}


def in_words(kind: str, how: str) -> dict[str, str]:
    """Return a model's name by language: what it is, and how it is trained.

    A new kind that has no words here is called by its own name.
    """
    name, way = KINDS.get(kind, kind), WAYS[how]
    return {"en": f"{name}, {way}", "zh": f"{WORDS.get(name, name)}（{WORDS[way]}）"}
