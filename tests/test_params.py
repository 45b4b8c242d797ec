"""params.yaml: what its schema refuses, and in which words."""

import re
from pathlib import Path

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from byhand.pipeline.errors import UserError
from byhand.pipeline.params import load_params
from byhand.training.blocks import load_model
from stages import check as checking
from tests.project import ROOT

PARAMS = ROOT / "params.yaml"
MODEL = "models.mlp_fashion_torch"


def changed(tmp_path, key, value):
    """Write params.yaml with one key set to a value, or left out if it is Ellipsis."""
    content = yaml.safe_load(PARAMS.read_text())
    *sections, last = key.split(".")
    section = content
    for name in sections:
        section = section[name]
    if value is ...:
        del section[last]
    else:
        section[last] = value
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def check(path):
    return load_params("", checking.schema(checking.read_pipelines(ROOT)), path)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("train.lr", -1, "train.lr must be > 0, got -1"),
        ("train.lr", 0, "train.lr must be > 0, got 0"),
        ("train.lr", float("nan"), "train.lr must be a finite number, got nan"),
        ("train.lr", float("inf"), "train.lr must be a finite number, got inf"),
        ("train.lr", 1e39, "train.lr must be <= 1000000000000, got 1e+39"),
        ("train.lr", "fast", "train.lr must be a valid number, got 'fast'"),
        ("train.epochs", 0, "train.epochs must be >= 1, got 0"),
        ("train.epochs", 1.5, "train.epochs must be a valid integer, got 1.5"),
        ("train.epochs", True, "train.epochs must be a valid integer, got True"),
        ("train.dropout", 0.9, "train.dropout is not a known key"),
        ("seeds.mlp_xor_scratch", 1, "seeds.mlp_xor_scratch must be >= 2, got 1"),
        ("studies.nudge", 0, "studies.nudge must be > 0, got 0"),
        ("studies.limits.lr", -1, "studies.limits.lr must be > 0, got -1"),
        ("seeds.mine", 2.5, "seeds.mine must be a valid integer, got 2.5"),
        ("titanic.repetitions", 1, "titanic.repetitions must be >= 2, got 1"),
        ("train.momentum", 1, "train.momentum must be < 1, got 1"),
        ("train.momentum", -0.1, "train.momentum must be >= 0, got -0.1"),
        (
            "train.schedule",
            "linear",
            "train.schedule must be 'constant' or 'cosine', got 'linear'",
        ),
        ("train.lr", ..., "train.lr is missing"),
        ("seed", 2**40, "seed must be < 4294967296, got 1099511627776"),
        ("seeds", 1, "seeds must be a valid dictionary, got 1"),
        ("mine", {"lr": 1}, "mine.epochs is missing"),
        ("split.train_rate", 0, "split.train_rate must be > 0, got 0"),
        ("split.train_rate", 1, "split.train_rate must be < 1, got 1"),
        ("split", ..., "split is missing"),
        ("split", 0.8, "split must be a mapping of keys, got 0.8"),
        ("preview.rows", 1000, "preview.rows must be <= 20, got 1000"),
        ("preview.resize", 0, "preview.resize must be >= 1, got 0"),
        ("generate.space", -30, "generate.space must be > 0, got -30"),
        ("generate.min_size", 0, "generate.min_size must be >= 1, got 0"),
        ("generate.size_range", -1, "generate.size_range must be >= 0, got -1"),
        (
            "generate.gen_seed",
            0.5,
            "generate.gen_seed must be a valid integer, got 0.5",
        ),
        ("samples", {}, "samples must have at least 1 entry, got {}"),
        ("samples", [], "samples must be a valid dictionary, got []"),
        (
            "samples.xor.clusters",
            2000,
            "samples.xor.clusters must be <= 1000, got 2000",
        ),
        ("samples.xor.merge", 0, "samples.xor.merge must be >= 1, got 0"),
        ("samples.xor.size", 5, "samples.xor.size is not a known key"),
        ("fit.C", 0, "fit.C must be > 0, got 0"),
        ("fit.max_iter", "many", "fit.max_iter must be a valid integer, got 'many'"),
        (
            "titanic.features",
            "all",
            "titanic.features must be 'raw' or 'engineered', got 'all'",
        ),
        ("titanic.train_rate", 0.99, "titanic.train_rate must be <= 0.9, got 0.99"),
        ("titanic.folds", 1, "titanic.folds must be >= 2, got 1"),
        ("titanic.max_models", 0, "titanic.max_models must be >= 1, got 0"),
        (
            "titanic.max_models",
            10**12,
            "titanic.max_models must be <= 1000, got 1000000000000",
        ),
        ("titanic.depth", 3, "titanic.depth is not a known key"),
        (
            "samples.xor.merge",
            3,
            "samples.xor.merge must divide clusters (16), got 3",
        ),
        ("models", {}, "models must have at least 1 entry, got {}"),
        (f"{MODEL}.batch_size", 0, f"{MODEL}.batch_size must be >= 1, got 0"),
        (f"{MODEL}.lr", 0, f"{MODEL}.lr must be > 0, got 0"),
        (f"{MODEL}.epochs", -1, f"{MODEL}.epochs must be >= 1, got -1"),
        (f"{MODEL}.init_std", -1, f"{MODEL}.init_std must be >= 0, got -1"),
        (
            f"{MODEL}.shuffle",
            "yes",
            f"{MODEL}.shuffle must be a valid boolean, got 'yes'",
        ),
        (
            f"{MODEL}.dtype",
            "float16",
            f"{MODEL}.dtype must be 'float32' or 'float64', got 'float16'",
        ),
        (f"{MODEL}.recipe", 3, f"{MODEL}.recipe must be a valid string, got 3"),
        (f"{MODEL}.data", 5, f"{MODEL}.data must be a valid string, got 5"),
        (f"{MODEL}.hidden", [256, 0], f"{MODEL}.hidden.1 must be >= 1, got 0"),
        (
            f"{MODEL}.hidden",
            [],
            f"{MODEL}.hidden must have at least 1 entry, got []",
        ),
        (
            f"{MODEL}.kind",
            "cnn",
            f"{MODEL}.kind must be 'lenet', 'logistic', 'mlp', 'resnet', 'softmax', got 'cnn'",
        ),
        (
            f"{MODEL}.how",
            "jax",
            f"{MODEL}.how must be one of ['autograd', 'scratch', 'torch', 'trainer'], which have a mlp.py, got 'jax'",
        ),
        (f"{MODEL}.how", ..., f"{MODEL}.how is missing"),
        (f"{MODEL}.kind", ..., f"{MODEL}.kind is missing"),
        (f"{MODEL}.momentum", 2, f"{MODEL}.momentum must be < 1, got 2"),
        (
            f"{MODEL}.standardize",
            1,
            f"{MODEL}.standardize must be a valid boolean, got 1",
        ),
        (
            "models.softmax_xor_scratch.hidden",
            [3],
            "models.softmax_xor_scratch.hidden is not a known key",
        ),
        (
            "models.logistic_clusters_sklearn.lr",
            0.1,
            "models.logistic_clusters_sklearn.lr is not a known key",
        ),
        (f"{MODEL}.dropout", 0.5, f"{MODEL}.dropout is not a known key"),
        (f"{MODEL}.data", ..., f"{MODEL}.data is missing"),
        (
            "models.resnet_fashion_trainer.depths",
            [1, 1],
            "models.resnet_fashion_trainer.depths must have 3 entries, as hidden, got [1, 1]",
        ),
    ],
)
def test_a_bad_value_is_refused_with_one_sentence(tmp_path, key, value, sentence):
    path = changed(tmp_path, key, value)
    with pytest.raises(UserError) as error:
        check(path)
    assert str(error.value) == f"{path}: {sentence}"


def write_pipeline(folder: Path, *stages: str) -> None:
    """Write a dvc.yaml with some stages of ours."""
    ours = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    some = {"stages": {name: ours[name] for name in stages}}
    (folder / "dvc.yaml").write_text(yaml.safe_dump(some))


def test_a_section_that_no_stage_names_may_be_left_out_but_not_be_wrong(
    tmp_path, monkeypatch
):
    content = yaml.safe_load(PARAMS.read_text())
    sections = ("seed", "train", "models")
    few = {name: content[name] for name in sections}
    iris = content["models"]["mlp_xor_scratch"] | {"data": "data/iris"}
    few["models"] = {"mlp_iris_scratch": iris}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/iris.dvc").touch()
    path = tmp_path / "params.yaml"
    write_pipeline(tmp_path, "check", "train", "evaluate")
    path.write_text(yaml.safe_dump(few))
    checking.main()

    for name, wrong, sentence in [
        ("split", {"train_rate": 2}, "split.train_rate must be < 1, got 2"),
        ("samples", None, "samples must be a valid dictionary, got None"),
        ("studies", {"nudge": 0}, "studies.nudge must be > 0, got 0"),
        ("mine", {"lr": 1}, "mine.epochs is missing"),
        ("fit", {"C": 1}, "fit.max_iter is missing"),
    ]:
        path.write_text(yaml.safe_dump(few | {name: wrong}))
        with pytest.raises(UserError, match=f"^params.yaml: {re.escape(sentence)}$"):
            checking.main()

    path.write_text(yaml.safe_dump(few))
    write_pipeline(tmp_path, "check", "generate", "split", "train")
    with pytest.raises(UserError, match="generate is missing|samples is missing"):
        checking.main()
    write_pipeline(tmp_path, "check", "titanic_automl")
    with pytest.raises(UserError, match="^params.yaml: titanic is missing$"):
        checking.main()


def test_seeds_of_a_model_that_is_none_are_refused(tmp_path, monkeypatch):
    changed(tmp_path, "seeds.mlp_xor_scrtch", 24)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="seeds.mlp_xor_scrtch names no model"):
        checking.main()


@pytest.mark.parametrize("name", ["space", "samples"])
def test_a_model_named_as_another_folder_of_hub_is_refused(tmp_path, monkeypatch, name):
    block = yaml.safe_load(PARAMS.read_text())["models"]["mlp_fashion_torch"]
    changed(tmp_path, f"models.{name}", block)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=f"models.{name} needs another name"):
        checking.main()


@pytest.mark.parametrize("data", ["data/iris", "./data/split/xor", "data/mine"])
def test_data_to_come_is_taken_and_a_folder_of_no_one_refused(
    tmp_path, monkeypatch, data
):
    changed(tmp_path, "models.mlp_xor_scratch.data", data)
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/iris.dvc").touch()  # as dvc add writes it
    stages = "stages:\n  mine:\n    cmd: mine\n    outs:\n      - data/mine\n"
    ours = (ROOT / "dvc.yaml").read_text()
    Path("dvc.yaml").write_text(ours.replace("stages:\n", stages, 1))
    checking.main()

    for folder in ("data/irs", "data/split/xro", "data/min", "/nowhere", "data"):
        changed(tmp_path, "models.mlp_xor_scratch.data", folder)
        sentence = "data has no dataset" if folder == "data" else f"got '{folder}'$"
        with pytest.raises(UserError, match=sentence):
            checking.main()


KEYS = [
    *("seed", "preview", "train", "samples", "models", "fit.C", "train.lr", "split"),
    *("samples.xor", "samples.xor.merge", "titanic.folds", "generate.space", MODEL),
    *(f"{MODEL}.{key}" for key in ("how", "kind", "hidden", "batch_size", "data")),
]
VALUES = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        st.sampled_from(["scratch", "sklearn", "torch", "mlp", "logistic"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["how", "kind", "lr", "x"]), inner, max_size=3),
    ),
    max_leaves=5,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(KEYS), value=VALUES)
def test_any_value_is_taken_or_refused_with_its_key(tmp_path, key, value):
    path = changed(tmp_path, key, value)
    try:
        check(path)
    except UserError as error:
        assert str(error).startswith(f"{path}: ")
        assert key.rpartition(".")[0] in str(error)


def test_a_misspelt_key_is_named_rather_than_the_one_that_is_missing(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(PARAMS.read_text().replace("merge: 2 ", "merg: 2 "))
    with pytest.raises(UserError, match=r": samples\.xor\.merg is not a known key$"):
        check(path)


def test_a_name_with_capitals_is_refused_in_words(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(PARAMS.read_text().replace("  xor:", "  XOR:"))
    with pytest.raises(UserError, match=r": samples\.XOR must be named by small"):
        check(path)


def test_broken_yaml_is_refused_with_its_place(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("train: {lr: 0.1\nseed: 0\n")
    with pytest.raises(UserError, match="not valid YAML.*line 2"):
        check(path)
    path.write_bytes(b"seed: \xff\n")
    with pytest.raises(UserError, match="not valid YAML.*can't decode byte 0xff"):
        check(path)


def test_a_missing_file_and_an_empty_one_are_refused(tmp_path):
    path = tmp_path / "params.yaml"
    with pytest.raises(FileNotFoundError, match=r"params\.yaml"):
        check(path)
    path.write_text("")
    with pytest.raises(UserError, match="must be a mapping of keys, got None"):
        check(path)


@pytest.mark.parametrize("number", ["1e-1", "+1e-1", "1.0e-1", ".1", "0.1", "1.E-1"])
def test_a_number_may_be_written_as_dvc_reads_it(tmp_path, number):
    path = tmp_path / "params.yaml"
    path.write_text(PARAMS.read_text().replace("lr: 0.1 ", f"lr: {number} "))
    assert check(path).train.lr == 0.1


@pytest.mark.parametrize(
    ("name", "own", "lr", "epochs"),
    [
        ("mlp_fashion_torch", {"lr": 0.5}, 0.5, 10),
        ("mlp_fashion_torch", {"epochs": 3, "momentum": 0.9}, 0.1, 3),
        ("mlp_fashion_scratch", {}, 0.1, 10),
    ],
)
def test_what_a_block_leaves_out_is_as_its_section_says(
    tmp_path, monkeypatch, name, own, lr, epochs
):
    content = yaml.safe_load(PARAMS.read_text())
    content["models"][name] |= own
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(yaml.safe_dump(content))
    block = load_model(name)
    assert (block.lr, block.epochs) == (lr, epochs)
    assert block.momentum == own.get("momentum", 0)
    assert block.schedule == "constant"
    assert load_model("logistic_clusters_sklearn").C == 1e5


@pytest.mark.parametrize(
    ("recipe", "sentence"),
    [
        ("longer", None),
        ("nosuch", "params.yaml has no nosuch; it has fit, generate"),
        ("fit", "params.yaml: fit.C is not a known key"),
        ("seed", "params.yaml: seed must be a mapping of keys, got 0"),
    ],
)
def test_a_recipe_is_a_section_like_train(tmp_path, monkeypatch, recipe, sentence):
    content = yaml.safe_load(PARAMS.read_text())
    content["longer"] = content["train"] | {"epochs": 20}
    content["models"]["mlp_xor_scratch"]["recipe"] = recipe
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(yaml.safe_dump(content))
    write_pipeline(tmp_path, "check", "download", "generate", "split", "train")
    if sentence:
        with pytest.raises(UserError, match=f"^{re.escape(sentence)}"):
            checking.main()
    else:
        checking.main()
        assert load_model("mlp_xor_scratch").epochs == 20


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("models.nosuch", "params.yaml has no models.nosuch; it has logistic_clusters"),
        ("nosuch", "params.yaml has no nosuch; it has seed, preview"),
        ("seed.nosuch", "params.yaml has no seed.nosuch; it has 0"),
    ],
)
def test_an_unknown_entry_is_refused_with_those_there_are(key, sentence):
    with pytest.raises(UserError, match=f"{sentence}"):
        load_params(key, checking.Params, PARAMS)
