"""A CSV becomes numbers and classes, the same by both readers, or is refused by line."""

import logging
import struct
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given

from byhand.datasets.folder import read_dataset, tables
from byhand.datasets.folder.names import check_names, listed
from byhand.datasets.folder.tables import read_header, read_large, read_lines
from byhand.pipeline.errors import UserError
from byhand.pipeline.outputs import write_csv
from tests.own_data import write_tables
from tests.test_data import logged, refused


@pytest.fixture(params=["by lines", "as if it were large"])
def read_table(request, monkeypatch):
    """Both ways to read a file."""
    limit = 0 if request.param == "as if it were large" else tables.LARGE
    monkeypatch.setattr(tables, "LARGE", limit)
    return tables.read_table


def of_labels(labels):
    return "x,label\n" + "".join(f"1,{label}\n" for label in labels)


# numbers


def test_points_come_back_from_csv_to_the_last_bit(tmp_path, read_table):
    points = np.random.default_rng(0).normal(size=(20, 3)) * 10.0 ** np.arange(-9, 0, 3)
    rows = [[*p, i % 7] for i, p in enumerate(points.tolist())]
    write_csv(tmp_path / "s.csv", ["x", "y", "z", "label"], rows)
    table = read_table(tmp_path / "s.csv")
    assert np.array_equal(table.features, points)
    assert [table.labels[code] for code in table.codes] == [
        str(i % 7) for i in range(20)
    ]


@pytest.mark.parametrize(
    ("field", "number"),
    [
        ("+1", 1),
        (" 1\t", 1),
        (".5", 0.5),
        ("5.", 5),
        ("-1E+5", -1e5),
        ("1e-400", 0),  # nearer to 0 than to any other number
        ("12345678901234567890", 12345678901234567168),
        ('"1.5"', 1.5),
    ],
)
def test_a_feature_is_a_decimal_number(tmp_path, read_table, field, number):
    path = tmp_path / "points.csv"
    path.write_text(f"x,label\n{field},a\n")
    assert read_table(path).features.tolist() == [[number]]


@pytest.mark.parametrize(
    "field",
    [
        "2024_01_05",
        "1_000",
        "１２",
        "0x10",
        "1e400",
        "inf",
        "nan",
        "1 2",
        "1\xa0",
        "1\0",
    ],
)
def test_what_only_python_takes_for_a_number_is_refused(tmp_path, read_table, field):
    path = tmp_path / "points.csv"
    path.write_text(f"x,y,label\n1,2,a\n1,{field},a\n", encoding="utf-8")
    with pytest.raises(UserError, match=f"^{path}, line 3: y is '.*', expected a fini"):
        read_table(path)


def test_numbers_too_long_to_keep_all_digits_are_told_of(tmp_path, read_table, caplog):
    path = tmp_path / "points.csv"
    path.write_text("id,x,label\n1,2,a\n-9007199254740992,9007199254740991,a\n")
    with caplog.at_level(logging.WARNING):
        read_table(path)
    (message,) = caplog.messages
    assert message.startswith(f"{path} has numbers of 2**53 or more in id: ")


# lines


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", " has columns ''; expected label and at least one feature$"),
        ("x,y,z,label\n", " has no rows"),
        ("x,y,z\n1,2,0\n", " has columns x, y, z; expected label and at least one"),
        ("label\n1\n", " has columns label; expected label and at least one feature"),
        ("x,x,label\n1,1,0\n", " has columns x, x, label; expected a name of its own"),
        (",x,label\n0,1,0\n", " has columns '', x, label; expected a name of its own"),
        ("x;y;label\n1;2;a\n", " has columns 'x;y;label'; .* by commas, not by ';'"),
        (
            '"x";"label"\n1;"a"\n',
            """ has columns '"x";"label"'; .* commas, not by ';'""",
        ),
        ("x\tlabel\n1\ta\n", r" has columns 'x\\tlabel'; .* by commas, not by '\\t'"),
        ("x|label\n1|a\n", r" has columns 'x\|label'; .* by commas, not by '\|'"),
        (
            "x\u200b,x,label\n",
            r", line 1: column 'x' looks like 'x\\u200b', expected one",
        ),
        ("x\x85y,label\n", r", line 1: column is 'x\\x85y', expected no control"),
        ('"x\ny",label\n', ", line 1: field 1 is '\"x', expected its closing quote"),
        ("x,y,z,label\n1,2,3\n", ", line 2 has 3 fields, expected 4: x, y, z, label"),
        ("x,y,z,label\n1,2,3,0\n1,2,3,0,5\n", ", line 3 has 5 fields, expected 4"),
        ("x,y,z,label\n1,2,three,0\n", ", line 2: z is 'three', expected a finite"),
        ("x,y,z,label\n1,2,3,0\n\n1,nan,3,0\n", ", line 4: y is 'nan', expected a"),
        ("x,y,z,label\n1e999,2,3,0\n", ", line 2: x is '1e999', expected a finite"),
        ("x,y,z,label\n,2,3,0\n", ", line 2: x is '', expected a finite number"),
        ("x,y,z,label\n1,2,3, \n", ", line 2: label is empty, expected text or a"),
        ('x,label\n1,a\n""\n', ", line 3 has 1 fields, expected 2: x, label"),
        ("\nx,label\n1,a\n", " has columns ''; expected label and at least one"),
        ("x,label\n1,\u200b\n", ", line 2: label is empty, expected text or a"),
        ("x,label\n1,a\x00b\n", r", line 2: label is 'a\\x00b', expected no control"),
        ("x,label\n1,a\n2,b\u2028\n", r", line 3: label is 'b\\u2028', expected no"),
        (f"x,label\n1,{'9' * 4500}\n", ", line 2: label has 4500 characters, expected"),
        ('x,label\n1,"a\n2,b\n', ", line 2: field 2 is '\"a', expected its closing"),
        ('x,label\n1,"a\n2,b"\n', ", line 2: field 2 is '\"a', expected its closing"),
        ('x,label\r1,"a\r2,b"\r', ", line 2: field 2 is '\"a', expected its closing"),
        ('x,label\n"1\n2",a\n', ", line 2: field 1 is '\"1', expected its closing"),
        ('x,label\n"1\n",a\n', ", line 2: field 1 is '\"1', expected its closing"),
        ('x,label\n1,"a"b\n', ", line 2: field 2 is '\"a\"b', expected its closing"),
        (
            "x,label\n1,é\n2,\udcff\n",
            ", line 3 has the byte 0xff, which is not text in UTF-8",
        ),
        ('x,label\n"1"2,b\n', ", line 2: field 1 is '\"1\"2,b', expected its closing"),
    ],
)
def test_bad_points_are_refused_with_file_and_line(
    tmp_path, read_table, content, message
):
    path = tmp_path / "points.csv"
    path.write_text(content, "utf-8", "surrogateescape", newline="")
    with pytest.raises(UserError, match=f"^{path}{message}"):
        read_table(path)


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ('x"y', 'x"y'),  # a quote in the middle is a character
        ('"5"" nail"', '5" nail'),
        ('"a, b"', "a, b"),
        (' "a, b"', "a, b"),
        ("\ta ", "a"),
        ("null", "null"),
        ("NA", "NA"),
        ("中", "中"),
    ],
)
def test_a_label_is_the_text_in_its_field(tmp_path, read_table, field, label):
    path = tmp_path / "points.csv"
    path.write_text(f"x,label\n1,{field}\n", encoding="utf-8")
    assert read_table(path).labels == [label]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system_and_a_bom_may_come_first(
    tmp_path, read_table, end
):
    path = tmp_path / "points.csv"
    lines = ["\ufefflabel,b,a", "x,3,2", "", "y,5,4"]
    path.write_text(end.join(lines), encoding="utf-8", newline="")
    table = read_table(path)
    assert (table.columns, table.labels) == (["b", "a"], ["x", "y"])
    assert table.features.tolist() == [[3, 2], [5, 4]]


def test_many_columns_are_not_all_named(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(",".join(map(str, range(200))))
    message = r"columns 0, 1, .*, 9, … \(200 in all\); expected label"
    with pytest.raises(UserError, match=message):
        tables.read_table(path)


# both readers


def outcome(read, content: bytes, with_features: bool = True):
    with tempfile.NamedTemporaryFile() as file:
        path = Path(file.name)
        path.write_bytes(content)
        table = read(path, read_header(path), with_features)
        return table and (
            table.columns,
            table.features.shape,
            table.features.tobytes(),
            [table.labels[code] for code in table.codes],
        )


CELLS = st.one_of(
    st.sampled_from(
        ["1", "-.5", "5.", "+1e5", " 2 ", '"3"', '"a"', '"a""b"', 'a"b', '"a"b', '"a']
        + [
            "",
            " ",
            "nan",
            "inf",
            "1e999",
            "1_0",
            "１",
            "\ufeff1",
            "a\0",
            "\u200b",
            "\xa0",
        ]
        + ['"a,b"', '"\n', "é", "e\u0301", "\x0c1", "1\x85", "0x1", "1e", "--1", "NA"]
    ),
    st.floats().map(repr),
    st.text('x,yzlabe01.-+eE_\n\r\t "\u2028', max_size=6),
)
LINES = st.lists(CELLS, min_size=1, max_size=4).map(",".join)
TEXTS = st.tuples(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r", "\r\n"]))


@given(
    st.one_of(
        st.binary(),
        st.text('x,yzlabe01.-\n "\r').map(str.encode),
        TEXTS.map(lambda t: t[1].join(t[0]).encode()),
    )
)
@example(b"1,a\n\xff,b\n")
@example(b"1,a\r\r\n2,b")
@example(b"\xef\xbb\xbf1,a\n")
@example(b"1," + b"a" * 2_000_000)
def test_pyarrow_reads_what_lines_read_and_refuses_what_they_refuse(content):
    content = b"x,label\n" + content
    fast, labels = (outcome(read_large, content, wanted) for wanted in (True, False))
    try:
        assert fast in (None, outcome(read_lines, content))
        assert labels in (None, outcome(read_lines, content, False))
    except UserError as error:
        assert fast is None
        assert "\n" not in str(error)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
@example([5e-324, 2.2250738585072014e-308, -0.0, 1.7976931348623157e308])
def test_pyarrow_reads_every_float_to_the_last_bit(numbers):
    text = "".join(f"{n!r},{n:.17e},{n:.25g},a\n" for n in numbers)
    content = f"x,y,z,label\n{text}".encode()
    fast = outcome(read_large, content)
    assert fast == outcome(read_lines, content)
    assert fast[2][::24] == b"".join(struct.pack("d", n) for n in numbers)[::8]


def test_pyarrow_is_for_plain_files_of_many_batches_too(tmp_path):
    """Labels of later batches are as those of the first."""
    path = tmp_path / "points.csv"
    rows = np.random.default_rng(0).normal(size=(60_000, 2)).tolist()
    lines = [f'{x},{y},"{int(9 * abs(x))}"\n' for x, y in rows]
    path.write_text("x,y,label\n" + "".join(lines))
    assert path.stat().st_size > 2 * 2**20  # pyarrow's batch has 2**20 bytes
    content = path.read_bytes()
    assert outcome(read_large, content) == outcome(read_lines, content)


def test_a_large_file_is_told_of_and_a_line_is_found_in_it(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(tables, "LARGE", 0)
    path = tmp_path / "points.csv"
    path.write_text("x,label\n1,a\n1_0,b\n")
    with caplog.at_level(logging.INFO), pytest.raises(UserError, match="line 3: x is"):
        tables.read_table(path)
    assert f"reading {path} again, line by line" in caplog.messages
    assert f"reading {path}, 0 MB" in caplog.messages


# columns


def test_every_column_but_label_is_a_feature_in_the_order_of_train(tmp_path):
    write_tables(
        tmp_path, "b,label,a,c,d,e\n1,x,2,3,4,5\n", "label,e,d,c,b,a\nx,5,4,3,1,2\n"
    )
    dataset = read_dataset(tmp_path)
    assert dataset.columns == ["b", "a", "c", "d", "e"]
    assert dataset.shape == (5,)
    assert dataset.train.features.tolist() == dataset.test.features.tolist()
    assert dataset.test.features.tolist() == [[1, 2, 3, 4, 5]]


def test_training_features_are_read_only_if_they_are_needed(tmp_path, read_table):
    write_tables(tmp_path, "x,y,label\n1,2,a\n3,4,b\n", "x,y,label\n5,6,b\n")
    whole = read_dataset(tmp_path)
    dataset = read_dataset(tmp_path, train_features=False)
    assert dataset.train.features.shape == (2, 0)
    assert (dataset.shape, dataset.has_images) == ((2,), False)
    assert dataset.train.targets.tolist() == whole.train.targets.tolist()
    assert dataset.train_rows == [1, 1]
    assert dataset.test.features.tolist() == [[5, 6]]


# labels


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["10", "9", "-1", "+9"], ["-1", "9", "10"]),
        (["10", "9", "010"], ["010", "10", "9"]),
        (["1", "01"], ["01", "1"]),
        (["1", "-01"], ["-01", "1"]),
        (["02134", "10001"], ["02134", "10001"]),
        (["0", "-0", "+0"], ["0"]),
        (["1.0", "10.0", "2.0"], ["1", "2", "10"]),
        (["1.0", "2"], ["1", "2"]),
        (["1.5", "1.0"], ["1.0", "1.5"]),
        (["10", "9", "b"], ["10", "9", "b"]),
        (["１", "２"], ["１", "２"]),
        (["9" * 999, "1"], ["1", "9" * 999]),
        (
            ["versicolor", "setosa", '"a, b"', "中"],
            ["a, b", "setosa", "versicolor", "中"],
        ),
    ],
)
def test_classes_are_the_labels_in_order_numbers_by_value(tmp_path, labels, names):
    text = of_labels(labels)
    dataset = read_dataset(write_tables(tmp_path, text, text))
    assert dataset.class_names == names
    assert sorted(set(dataset.train.targets.tolist())) == list(range(len(names)))


@pytest.mark.parametrize(("train", "test"), [("1.0", "1"), ("1", "1.00"), ("1", "+1")])
def test_a_whole_number_is_the_same_class_however_it_is_written(tmp_path, train, test):
    folder = write_tables(tmp_path, of_labels([train, "2"]), of_labels([test]))
    assert read_dataset(folder).test.targets.tolist() == [0]


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ("cafe\u0301", "caf\xe9", r"'caf\\xe9' looks like 'cafe\\u0301', expected one"),
        ("１", "1", r"'1' looks like '\\uff11'"),
        ("a\u200b", "a", r"'a' looks like 'a\\u200b'"),
        ("a\xadb", "ab", r"'ab' looks like 'a\\xadb'"),
        ("\ufeffa", "a", r"'a' looks like '\\ufeffa'"),
        ("a\xa0b", "a b", r"'a b' looks like 'a\\xa0b'"),
        ("a\xa0", "a", r"'a' looks like 'a\\xa0'"),
        ("a\u3000b", "a  b", r"'a  b' looks like 'a\\u3000b'"),
        ("\u200fa", "a", r"'a' looks like '\\u200fa'"),
        ("\u2764\ufe0f", "\u2764", r"'\\u2764' looks like '\\u2764\\ufe0f'"),
    ],
)
def test_labels_that_look_alike_are_refused_with_their_difference(
    tmp_path, one, other, message
):
    both, first, second = of_labels([one, other]), of_labels([one]), of_labels([other])
    refused(write_tables(tmp_path, both, second), f"train.csv: label {message}")
    refused(write_tables(tmp_path, first, second), f"test.csv: label {message}")
    assert read_dataset(write_tables(tmp_path, first, first)).class_names == [one]


def test_names_alike_are_refused_for_whoever_has_names():
    check_names("classes.txt: class", ["a", "b", "A", "á"])
    with pytest.raises(
        UserError, match=r"classes.txt: class 'b' looks like 'b\\u200b'"
    ):
        check_names("classes.txt: class", ["b\u200b", "b"])


def test_names_in_a_message_are_some_and_can_be_seen():
    assert listed(["a", "b c", "d\xa0", "中"]) == r"a, b c, 'd\xa0', 中"
    assert listed(list(map(str, range(200)))).endswith(", 9, … (200 in all)")
    assert len(listed(["x" * 1000])) < 70


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        ("x,label\n1,0\n", "x,label\n1,1\n", "test.csv has label 1, expected .*: 0$"),
        ("x,label\n1,0\n", "x,label\n1,b\n", "test.csv has label b, expected .*: 0$"),
        ("x,label\n1,1\n", "x,label\n1,01\n", "test.csv has label 01, expected .*: 1$"),
        ("x,label\n1,01\n", "x,label\n1,1\n", "test.csv has label 1, expected .*: 01$"),
        (
            of_labels(f"{i / 7:.2f}" for i in range(200)),
            "x,label\n1,0.37\n",
            r"has label 0.37, .*: 0.00, 0.14, .*, … \(200 in all\); labels are classes,",
        ),
        (
            "x,y,label\n1,2,0\n",
            "x,label\n1,0\n",
            "test.csv has no column y, expected x, y and label",
        ),
        (
            "x,label\n1,0\n",
            "x,w,label\n1,2,0\n",
            "test.csv has a column w, expected x and label",
        ),
        ("x,label\n1,0\n", "x\xa0,label\n1,0\n", r"test.csv: column 'x\\xa0' looks li"),
    ],
)
def test_a_test_part_with_columns_or_labels_of_its_own_is_refused(
    tmp_path, train, test, message
):
    refused(write_tables(tmp_path, train, test), message)


def test_more_classes_than_anyone_means_are_refused(tmp_path):
    text = of_labels(f"{i / 7}" for i in range(1001))
    refused(
        write_tables(tmp_path, text, text), "has 1001 classes, expected at most 1000"
    )


@pytest.mark.parametrize("label", ["NA", "nan", "None", "#N/A", "NULL"])
def test_a_label_that_may_be_a_missing_value_is_told_of(tmp_path, caplog, label):
    text = of_labels(["a", "b", label])
    folder = write_tables(tmp_path, text, text)
    assert label in read_dataset(folder).class_names
    (said,) = logged(caplog, folder)
    assert said == (
        f"{tmp_path}/train.csv has the label {label}, which is a class here, "
        "not a missing value"
    )


@pytest.mark.parametrize("others", [["b"], ["01"], ["None", "2"]])
def test_one_number_in_two_spellings_among_text_is_refused(tmp_path, others):
    text = of_labels(["1", "1.0", *others])
    refused(
        write_tables(tmp_path, text, text),
        "train.csv has labels 1 and 1.0, expected one",
    )
