"""YAML files: what plain words and numbers mean, and errors that a person can act on."""

import math
import subprocess
import sys

import pytest

from districtsim.world.errors import SettingError
from districtsim.world.yaml_files import line_of, parse_yaml, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # words that YAML 1.1 would turn into something else
        ("yes", "yes"),
        ("no", "no"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("none", "none"),
        ("12:30", "12:30"),
        ("2022-23", "2022-23"),
        ("2022-09-01", "2022-09-01"),
        ("1_000", "1_000"),
        ("'5'", "5"),
        ("5 days", "5 days"),
        # what they are in YAML 1.2
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("010", 10),
        ("-3", -3),
        ("+5", 5),
        ("0.5", 0.5),
        (".5", 0.5),
        ("-2.", -2.0),
        ("1e6", 1e6),
        ("1e-3", 0.001),
        ("1.5E+2", 150.0),
        ("[1, no, 0.5]", [1, "no", 0.5]),
        ("{a: off, b: 1e2}", {"a": "off", "b": 100.0}),
    ],
)
def test_meaning_of_a_value(text, value):
    found = parse_yaml(f"key: {text}", "here")["key"]
    assert found == value
    assert type(found) is type(value)


def test_infinity_and_nan():
    found = parse_yaml("a: .inf\nb: -.inf\nc: .nan", "here")
    assert (found["a"], found["b"]) == (math.inf, -math.inf)
    assert math.isnan(found["c"])


def test_keys_may_be_words_of_yaml_1_1():
    assert parse_yaml("no: 1\non: 2", "here") == {"no": 1, "on": 2}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "here: the file is empty"),
        ("   \n\n", "here: the file is empty"),
        ("- a\n- b", "here: expected `key: value` lines, found list"),
        ("just words", "here: expected `key: value` lines, found str"),
        ("# nothing but a remark", "here: expected `key: value` lines, found NoneType"),
        ("a: 1\nb: 2\na: 3", "here:3: 'a' stands twice"),
        ("set:\n  pd: {days: 6, days: 7}", "here:2: 'days' stands twice"),
        ("list:\n  - {a: 1, a: 2}", "here:2: 'a' stands twice"),
        ("a: [1, 2", "here:"),
        ("a: 1\n\tb: 2", "here:2"),
        ("a: {b: 1", "here:"),
        ("a: 'never closed", "here:"),
        ("? [1, 2]\n: x", "here:1: a key is not a word"),
        ("a: !!python/object:os.system {}", "here:1"),
        ("a: *nobody", "here:1"),
        ("a: b: c", "here:1"),
        ("a: \x00", "here: not readable as YAML"),
        ("a: !!timestamp soon", "here"),
        ("a: !!binary x", "here"),
        ("a: !!int x", "here"),
        ("a: " + "[" * 3000, "here"),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_line(text, says):
    with pytest.raises(SettingError) as caught:
        parse_yaml(text, "here")
    message = str(caught.value)
    assert message.startswith(says)
    assert len(message.splitlines()) <= 3


def test_a_file_of_nothing_but_brackets_does_not_end_the_program():
    """Nested so deep that a reader written in C would run out of stack and take Python along."""
    code = (
        "from districtsim.world.yaml_files import SettingError, parse_yaml\n"
        "try: parse_yaml('a: ' + '[' * 200_000, 'here')\n"
        "except SettingError: print('refused')"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.strip() == "refused", f"ended with {found.returncode}"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: 1\n".encode())
    assert read_yaml(path) == {"a": 1}


@pytest.mark.parametrize("text", ["", "# remark\n"])
def test_errors_name_the_file(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(SettingError, match=r"a\.yaml"):
        read_yaml(path)


def test_unreadable_files_are_refused(tmp_path):
    with pytest.raises(SettingError, match=r"missing.yaml: cannot be read \(No such file"):
        read_yaml(tmp_path / "missing.yaml")
    with pytest.raises(SettingError, match=r"cannot be read \(Is a directory"):
        read_yaml(tmp_path)
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(SettingError, match="byte 10 is not UTF-8 text"):
        read_yaml(path)


def test_line_of_a_dotted_key(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("title: x\nset:\n  pd:\n    days: 7\n  supervision.caseload: 9\nends: 3\n")
    assert line_of(path, "title") == 1
    assert line_of(path, "set.pd.days") == 4
    assert line_of(path, "set.supervision.caseload") == 5
    assert line_of(path, "ends") == 6
    assert line_of(path, "starts") is None
    assert line_of(path, "set.pd.rate") == 3  # the nearest that stands there
    assert line_of(tmp_path / "none.yaml", "title") is None
