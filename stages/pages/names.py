"""Models' names in words, in both languages."""

KINDS = {
    "softmax": {"en": "softmax regression", "zh": "Softmax 回归"},
    "mlp": {"en": "perceptron", "zh": "多层感知机"},
    "lenet": {"en": "LeNet", "zh": "LeNet"},
    "resnet": {"en": "ResNet", "zh": "ResNet"},
    "logistic": {"en": "logistic regression", "zh": "Logistic 回归"},
}
WAYS = {
    "scratch": {"en": "by hand", "zh": "手写"},
    "autograd": {"en": "by our engine", "zh": "自写引擎"},
    "torch": {"en": "by torch.nn", "zh": "torch.nn"},
    "trainer": {"en": "by the Trainer", "zh": "Trainer"},
    "sklearn": {"en": "by scikit-learn", "zh": "scikit-learn"},
}


def of_kind(kind: str) -> dict[str, str]:
    """Return what a model is, by language; of a new kind, the kind itself."""
    return KINDS.get(kind, {"en": kind, "zh": kind})


def in_words(kind: str, how: str) -> dict[str, str]:
    """Return a model's name by language: what it is, and how it is trained."""
    return {
        "en": f"{of_kind(kind)['en']}, {WAYS[how]['en']}",
        "zh": f"{of_kind(kind)['zh']}（{WAYS[how]['zh']}）",
    }
