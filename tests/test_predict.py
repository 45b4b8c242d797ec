"""A model's file in another folder, and what it predicts there, by the real command line."""

import csv
import gzip
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from sklearn.datasets import load_iris

from byhand.datasets.folder import read_test
from byhand.datasets.rows import Row, read_parts
from byhand.evaluation.metrics import probabilities
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import read_json
from byhand.training.trained import read_trained, write_trained
from tests import own_data
from tests.project import ENVIRONMENT, ROOT, run
from tools.predict import logits_of

ELSEWHERE = ENVIRONMENT | {"PYTHONPATH": str(ROOT)}
COMMAND = (sys.executable, "-m", "tools", "predict")
OF_TRAIN = {"recipe": "train", "dtype": "float32", "shuffle": True, "drop_last": False}
OF_TRAIN |= {"batch_size": 8, "init_std": 0.1, "lr": 0.02, "epochs": 5}
IRIS = {"data": "iris", "standardize": True}
MODELS = {
    "iris_scratch": {"kind": "mlp", "how": "scratch", "hidden": [8]} | OF_TRAIN | IRIS,
    "iris_sklearn": {"kind": "logistic", "how": "sklearn", "recipe": "fit"} | IRIS,
    "png": {"kind": "softmax", "how": "torch", "data": "png"} | OF_TRAIN,
    "idx": {"kind": "softmax", "how": "autograd", "data": "idx"} | OF_TRAIN,
}


def predict(folder, *words, env=ELSEWHERE, **options):
    """Run the tool in a folder."""
    return subprocess.run(
        [*COMMAND, *words],
        cwd=folder,
        env=env,
        check=False,
        capture_output=True,
        **({"encoding": "utf-8"} | options),
    )


def rows_of(done) -> list[dict[str, str]]:
    """Return the rows of a CSV that the tool printed."""
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def shares_of(row: dict[str, str], class_names: list[str]) -> list[float]:
    """Return the probabilities of a row's classes, in the order of the names."""
    ranks = ["", *(f"_{rank}" for rank in range(2, len(class_names) + 1))]
    shares = {row[f"class{rank}"]: float(row[f"probability{rank}"]) for rank in ranks}
    return [shares[name] for name in class_names]


def evaluated(path: Path, folder: Path) -> tuple[list[str], list[list[float]], float]:
    """Return class names, and what evaluate computes: probabilities and the accuracy."""
    about, _ = trained = read_trained(path)
    test = read_test(folder, about.class_names, about.columns, about.shape).test
    logits = trained.logits(test.features)
    accuracy = (logits.argmax(axis=1) == test.targets).mean()
    return about.class_names, probabilities(logits).tolist(), accuracy


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    """A folder with data and the models that the stage train made of it."""
    folder = tmp_path_factory.mktemp("pipeline")
    params = yaml.safe_load((ROOT / "params.yaml").read_text()) | {"models": MODELS}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    (folder / "requirements").symlink_to(ROOT / "requirements")
    own_data.write_points(folder / "iris", load_iris())
    own_data.write_image_folders(folder / "png")
    own_data.write_named_idx(folder / "idx")
    for name in MODELS:
        run(folder, sys.executable, "-m", "stages", "train", name, env=ELSEWHERE)
    return folder


@pytest.fixture
def elsewhere(pipeline, tmp_path):
    """A folder with the models' files, and nothing else."""
    for path in pipeline.glob("models/*"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def table(pipeline):
    """iris's test.csv, as lists."""
    return list(csv.reader((pipeline / "iris/test.csv").open()))


def write(path: Path, rows) -> None:
    """Write a CSV."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


# points


@pytest.mark.parametrize("name", ["iris_scratch", "iris_sklearn"])
def test_a_file_elsewhere_predicts_points_as_evaluate_does_to_the_last_bit(
    name, pipeline, elsewhere, table
):
    (header, *rows) = [["note", *reversed(row)] for row in table]
    write(elsewhere / "rows.csv", [header, *rows])
    words = (f"{name}.safetensors", "rows.csv", "--format", "csv")
    done = predict(elsewhere, *words)
    names, expected, accuracy = evaluated(
        pipeline / f"models/{name}.safetensors", pipeline / "iris"
    )
    found = rows_of(done)
    assert [shares_of(row, names) for row in found] == expected
    assert [row["row"] for row in found] == [str(i + 1) for i in range(len(rows))]
    assert [row["label"] for row in found] == [row[1] for row in rows]
    assert "rows.csv: columns not read: note\n" in done.stderr
    assert f"accuracy {accuracy:.5f} on {len(rows)} rows\n" in done.stderr


def test_several_files_and_standard_input_are_read_in_turn(elsewhere, table):
    write(elsewhere / "rows.csv", table[:3])
    text = (elsewhere / "rows.csv").read_text()
    words = ("iris_sklearn.safetensors", "rows.csv", "-", "--format", "csv")
    found = rows_of(predict(elsewhere, *words, input=text))
    places = [(row["file"], row["row"]) for row in found]
    names = ["rows.csv", "standard input"]
    assert places == [(name, row) for name in names for row in "12"]
    alone = rows_of(predict(elsewhere, words[0], *words[3:], input=text))
    assert [{"file": names[0], **row} for row in alone] == found[:2]


def test_a_pipe_is_predicted_while_it_is_written(elsewhere, table):
    header, row = (",".join(cells[:4]) for cells in table[:2])
    with subprocess.Popen(
        [*COMMAND, "iris_sklearn.safetensors", "--format", "json", "--top", "1"],
        cwd=elsewhere,
        env=ELSEWHERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdin.write(f"{header}\n" + f"{row}\n" * 1500)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["row"] == 1
        out, _ = process.communicate(f"{row}\n" * 500)
    assert json.loads(out.splitlines()[-1])["row"] == 2000


def test_json_and_the_table_say_what_csv_says(elsewhere, table):
    write(elsewhere / "rows.csv", table)
    words = ("iris_sklearn.safetensors", "rows.csv", "--top", "2", "--format")
    found = rows_of(predict(elsewhere, *words, "csv"))
    lines = predict(elsewhere, *words, "json").stdout.splitlines()
    assert [{k: str(v) for k, v in json.loads(x).items()} for x in lines] == found
    header, *rows = map(
        str.split, predict(elsewhere, *words, "table").stdout.split("\n")
    )
    assert header == list(found[0])
    classes = ["class", "probability", "class_2", "probability_2"]
    assert header[1:] == ["label", *classes]
    assert [row[:3] for row in rows[:-1]] == [list(r.values())[:3] for r in found]
    assert rows[0][3] == f"{float(found[0]['probability']):.4f}"


def test_who_reads_no_further_ends_it_quietly(elsewhere, table):
    write(elsewhere / "rows.csv", table[:1] + table[1:] * 200)
    line = f"{' '.join(COMMAND)} iris_sklearn.safetensors rows.csv | head -1"
    done = run(elsewhere, "sh", "-c", line, env=ELSEWHERE)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


def test_scikit_learns_model_predicts_without_pytorch(elsewhere, table):
    (elsewhere / "torch.py").write_text("raise ImportError")
    write(elsewhere / "rows.csv", table)
    assert predict(elsewhere, "iris_sklearn.safetensors", "rows.csv").returncode == 0


def test_a_label_that_is_a_whole_number_may_be_written_as_pandas_does(elsewhere):
    path = elsewhere / "iris_sklearn.safetensors"
    trained = read_trained(path)
    names = ["0", "1", "2"]
    write_trained(
        path, trained.model, trained.about.model_copy(update={"class_names": names})
    )
    columns = trained.about.columns
    write(elsewhere / "rows.csv", [[*columns, "label"], [5.1, 3.5, 1.4, 0.2, "0.0"]])
    done = predict(elsewhere, path.name, "rows.csv", "--format", "csv")
    assert rows_of(done)[0]["label"] == "0"


def test_names_that_a_terminal_lacks_are_shown_as_codes(elsewhere, table):
    path = elsewhere / "iris_sklearn.safetensors"
    trained = read_trained(path)
    about = trained.about.model_copy(update={"class_names": ["鞋", "class", "é, a"]})
    write_trained(path, trained.model, about)
    write(elsewhere / "rows.csv", [row[:4] for row in table])
    plain = ELSEWHERE | {"PYTHONIOENCODING": "ascii"}
    shown = predict(elsewhere, path.name, "rows.csv", env=plain)
    assert "\\u978b" in shown.stdout
    data = predict(elsewhere, path.name, "rows.csv", "--format", "json", env=plain)
    assert "鞋" in data.stdout and "é, a" in data.stdout


HEADER = "a,b,c,d"
WRONG_POINTS = {
    "no column c, expected a, b, c, d; it has a, b, d, label": "a,b,d,label\n1,2,4,x",
    "no column a, expected": "",
    "has the column b twice": "a,b,c,d,b\n1,2,3,4,5",
    "expected them separated by commas, not by ';'": "a;b;c;d\n1;2;3;4",
    "line 3 has 3 fields, expected 4: a, b, c, d": f"{HEADER}\n1,2,3,4\n1,2,3",
    "line 2: c is 'nan', expected a finite number": f"{HEADER}\n1,2,nan,4",
    "line 2: d is '', expected a finite number": f"{HEADER}\n1,2,3,",
    "line 3 has label rose, expected one of the classes: setosa": (
        f"{HEADER},label\n1,2,3,4,setosa\n1,2,3,4,rose"
    ),
    "line 2: label is empty": f"{HEADER},label\n1,2,3,4,",
    "has no rows": HEADER,
}


@pytest.mark.parametrize("sentence", WRONG_POINTS)
def test_points_that_the_model_does_not_know_are_refused(tmp_path, sentence):
    path = tmp_path / "rows.csv"
    path.write_text(WRONG_POINTS[sentence])
    classes, columns = ["setosa", "virginica"], ["a", "b", "c", "d"]
    with pytest.raises(UserError, match=f"rows.csv.*{re.escape(sentence)}"):
        list(read_parts([str(path)], classes, columns, [4]))


def test_a_point_whose_logits_overflow_is_refused(pipeline):
    trained = read_trained(pipeline / "models/iris_scratch.safetensors")
    rows = [Row("rows.csv", 7, [1.0] * 4, None), Row("rows.csv", 8, [1e300] * 4, None)]
    with pytest.raises(UserError, match="rows.csv: row 8 is too far"):
        logits_of(trained, rows)


def refused(done, *words: str) -> None:
    """Hold that a run ended with a sentence that has these words."""
    *_, sentence = done.stderr.splitlines()
    assert done.returncode == 1
    assert ": error: " in sentence
    assert all(word in sentence for word in words), sentence
    assert "Traceback" not in done.stderr


def test_a_wrong_line_ends_it_with_a_sentence_after_the_parts_before(elsewhere, table):
    header, *rows = (row[:4] for row in table)
    write(elsewhere / "rows.csv", [header, *[rows[0]] * 1000, [1, 2, "x", 4]])
    words = ("iris_sklearn.safetensors", "rows.csv", "--format", "csv")
    done = predict(elsewhere, *words)
    assert len(done.stdout.splitlines()) == 1001
    refused(done, "rows.csv, line 1002: petal length (cm) is 'x'")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("mojo.zip", b"PK\3\4" + bytes(60), "is not a safetensors file"),
        ("notes.txt", b"an accuracy of 0.93\n", "is not a safetensors file"),
        ("old.safetensors", b"\2" + bytes(7) + b"{}", "does not say what model it is"),
    ],
)
def test_a_file_that_is_no_model_is_refused(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=f"{name} {sentence}"):
        read_trained(tmp_path / name)


def test_a_model_is_named_as_in_the_pipeline_and_top_counts_classes(pipeline):
    words = ("iris_sklearn", "iris/test.csv", "--format", "csv", "--top")
    assert "class_3" in rows_of(predict(pipeline, *words, "9"))[0]
    refused(predict(pipeline, *words, "0"), "--top must be >= 1, got 0")


# images


def test_a_folder_of_classes_is_predicted_as_evaluate_does(pipeline, elsewhere):
    folder = pipeline / "png/test"
    model = pipeline / "models/png.safetensors"
    names, expected, accuracy = evaluated(model, pipeline / "png")
    words = ("png.safetensors", "--format", "csv", "--top", "5")
    done = predict(elsewhere, *words, str(folder))
    found = rows_of(done)
    assert [shares_of(row, names) for row in found] == expected
    assert [Path(row["file"]).parent.name for row in found] == [
        row["label"] for row in found
    ]
    assert f"accuracy {accuracy:.5f} on {len(found)} rows\n" in done.stderr
    # the files by name are one part, too, but nobody says what is right
    files = rows_of(predict(elsewhere, *words, *(row["file"] for row in found)))
    assert files == [{k: v for k, v in row.items() if k != "label"} for row in found]


def test_a_plain_folder_and_standard_input_are_images_too(pipeline, elsewhere):
    folder = pipeline / "png/test/two"
    words = ("png.safetensors", "--format", "csv")
    found = rows_of(predict(elsewhere, *words, str(folder)))
    assert [Path(row["file"]) for row in found] == sorted(folder.iterdir())
    content = Path(found[0]["file"]).read_bytes()
    done = predict(elsewhere, *words, input=content, encoding=None)
    (row,) = csv.DictReader(io.StringIO(done.stdout.decode()))
    assert row["file"] == "standard input"
    assert row["class"] == found[0]["class"]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_are_predicted_as_evaluate_does(pipeline, elsewhere, suffix):
    content = (pipeline / "idx/t10k-images-idx3-ubyte").read_bytes()
    path = elsewhere / f"digits-ubyte{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    model = pipeline / "models/idx.safetensors"
    names, expected, _ = evaluated(model, pipeline / "idx")
    words = ("idx.safetensors", path.name, "--format", "csv", "--top", "5")
    found = rows_of(predict(elsewhere, *words))
    assert [shares_of(row, names) for row in found] == expected
    assert [(r["file"], r["row"]) for r in found[:2]] == [(path.name, n) for n in "12"]


GREY, COLOUR = [1, 8, 8], [3, 8, 8]


@pytest.mark.parametrize(
    ("shape", "file", "sentence"),
    [
        (GREY, "wide.png", "has 9 × 8 pixels, expected 8 × 8, as the training images"),
        (GREY, "colour.png", "is in colour, expected grey, as the training images"),
        (COLOUR, "grey.png", "is grey, expected colour, as the training images"),
        (
            GREY,
            "wide-ubyte",
            "has grey images of 8 × 9 pixels, expected images in grey",
        ),
        (COLOUR, "grey-ubyte", "expected images in colour of 8 × 8, as the training"),
        (GREY, "rows.csv", "is no image, expected .png, .jpg, .jpeg, IDX"),
        (GREY, "empty", "has no images"),
        (GREY, "sorted", "rose is no folder of a class; the classes are cat, dog"),
    ],
)
def test_images_that_the_model_does_not_know_are_refused(
    tmp_path, shape, file, sentence
):
    Image.new("L", (8, 8)).save(tmp_path / "grey.png")
    Image.new("RGB", (8, 8)).save(tmp_path / "colour.png")
    Image.new("L", (9, 8)).save(tmp_path / "wide.png")
    own_data.write_idx(tmp_path / "wide-ubyte", np.zeros((2, 8, 9), np.uint8))
    own_data.write_idx(tmp_path / "grey-ubyte", np.zeros((2, 8, 8), np.uint8))
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "sorted/rose").mkdir(parents=True)
    with pytest.raises(UserError, match=f"{file}.*{re.escape(sentence)}"):
        list(read_parts([str(tmp_path / file)], ["cat", "dog"], [], shape))


def test_images_in_colour_are_of_three_channels(tmp_path):
    path = tmp_path / "colour.png"
    Image.new("RGB", (8, 8), (1, 2, 3)).save(path)
    (((_, _, pixels, _),),) = read_parts([str(path)], ["cat", "dog"], [], COLOUR)
    assert pixels[:, 0, 0].tolist() == [1, 2, 3]


# the real data

FASHION = "data/FashionMNIST/raw"
WAYS = {
    "softmax_fashion_autograd",
    "mlp_fashion_scratch",
    "mlp_fashion_torch",
    "mlp_fashion_trainer",
}


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_real_data_is_predicted_by_each_way_as_evaluate_does(name, tmp_path):
    path = ROOT / f"models/{name}.safetensors"
    if not path.exists():
        pytest.skip("no models yet: make repro")
    images = str(ROOT / FASHION / "t10k-images-idx3-ubyte")
    shutil.copy(path, tmp_path)
    words = (path.name, images, "--format", "csv", "--top", "10")
    found = rows_of(predict(tmp_path, *words))
    names, expected, accuracy = evaluated(path, ROOT / FASHION)
    assert [shares_of(row, names) for row in found] == expected
    metrics = read_json(ROOT / f"metrics/test/{name}.json")
    assert accuracy == metrics["accuracy"]
