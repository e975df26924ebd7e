import math
import time

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
from ruamel.yaml import YAML

from rashomon.core import UsageError
from rashomon.sim.check import Problem
from rashomon.sim.spec.document import MOST_BYTES, MOST_PROBLEMS, parse_document, parse_scalar, refuse_document


def only(text):
    """The one problem of a text: place and what."""
    (problem,) = parse_document(text).problems
    return problem.knob, problem.what


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1.", 1.0),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("2026-01-01", "2026-01-01"),
        ("-.inf", -math.inf),
        (".Inf", math.inf),
        ("<<", "<<"),
    ],
)
def test_words_are_those_of_yaml_1_2(word, value):
    """Plain words of YAML 1.2; what another version or base would read as another number stays text."""
    assert parse_scalar(word) == value
    assert type(parse_scalar(word)) is type(value)


def test_nan_is_read_as_a_number():
    """Not a number is a float, so that the check of the knob can say so."""
    assert math.isnan(parse_scalar(".NaN"))


def test_an_integer_of_any_length_is_read():
    """Python refuses to convert thousands of digits; a huge number is infinite, which no knob takes."""
    assert parse_scalar("9" * 10_000) == math.inf
    assert parse_scalar("123456789012345678") == 123456789012345678


def test_sound_documents_are_read_as_ruamel_reads_them():
    """The values equal those of the library's own YAML 1.2 loader."""
    text = """
    a: 1
    b: [1.5, -2e3, {c: text, d: [true, null]}]
    'quoted': "tab\\tin quotes"
    e: |
      two
      lines
    f: {}
    g: []
    "12": x
    """
    document = parse_document(text)
    assert document.problems == []
    assert document.value == YAML(typ="safe", pure=True).load(text)


def test_floats_survive_the_trip():
    """A float that YAML writes is read back to the last bit."""
    rng = np.random.default_rng(0)
    for value in [*(10.0 ** rng.uniform(-300, 300, 200)).tolist(), 0.1 + 0.2, 5e-324, -0.0]:
        assert parse_document(f"a: {value!r}").value == {"a": value}


def test_places_are_lines_and_columns():
    """Both count from 1, as editors do; nested keys have the path of their parents."""
    places = parse_document("a: 1\nknobs:\n  n_groups: 3\n  list: [1, {x: 2}]\n").places
    assert places["a",] == "1:1"
    assert places["knobs", "n_groups"] == "3:3"
    assert places["knobs", "list", "1", "x"] == "4:14"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("", "", "it is empty"),
        ("# nothing\n\n", "", "it is empty"),
        ("a: 1\n\tb: 2", "2:1", "there is a tab"),
        (b"a: 1\nb: \xff", "2", "byte 8 is not UTF-8"),
        ("a: 1".encode("utf-16"), "1", "byte 0 is not UTF-8"),
        ("a: \x07", "1", r"the character '\x07' is not allowed"),
        ("a: 1\nb: !!python/object/apply:os.system [x]", "2:4", "there is a tag"),
        ("a: !!str 1", "1:4", "there is a tag"),
        ("a: &x 1\nb: *x", "1:4", "there is an anchor, &x"),
        ("b: *x", "1:4", "there is an alias, *x"),
        ("a: 1\n---\nb: 2", "2:1", "a second document begins"),
        ("%YAML 1.1\n---\na: no", "2:1", "there is a directive"),
        ("[1]: 2", "1:1", "a key is a list or a mapping"),
        ("1: 2", "1:1", "the key 1 is no text"),
        ("a: 1\na: 2", "2:1", "'a' is repeated"),
        ("k:\n  a: 1\n  'a': 2", "3:3", "'a' is repeated"),
        ("a: b: c", "1:5", "mapping values are not allowed here"),
        ("a: [1", "1:6", "expected ',' or ']'"),
    ],
)
def test_what_is_no_plain_yaml_is_named_with_its_place(text, place, what):
    """One problem, with line and column where there are such."""
    found_place, found = only(text)
    assert found.startswith(what)
    assert found_place == place


def test_a_repeated_key_names_both_lines():
    """The fix says where the first one stands; its value is kept, and the file is refused."""
    document = parse_document("a: 1\nb: 2\na: 3")
    assert document.problems == [Problem("3:1", "'a' is repeated", "it stands at 1:1 already; keep one")]
    assert document.value == {"a": 1, "b": 2}


def test_a_byte_order_mark_is_passed_over():
    """Some editors begin a UTF-8 file with it."""
    assert parse_document(b"\xef\xbb\xbfa: 1").value == {"a": 1}


def test_a_file_of_the_largest_size_is_read_and_a_byte_more_is_not():
    """The limit is stated with the size that was found."""
    text = "#" * (MOST_BYTES - 5) + "\na: 1"
    assert parse_document(text).value == {"a": 1}
    assert "1,000,001 bytes" in only("#" + text)[1]


@pytest.mark.parametrize("unit", ["[", "{", "- ", "? ", "{a: ", "[[],", "&a ", "!!", '"\\', "a: ", "|"])
def test_hostile_nesting_costs_no_time(unit):
    """Brackets without end, which cost the parser quadratic time, are left after eight levels."""
    begun = time.perf_counter()
    document = parse_document("a: " + unit * (100_000 // len(unit)))
    assert document.problems
    assert time.perf_counter() - begun < 5


ALPHABET = st.sampled_from(
    [*"ab0:-?[]{},&*!|>'\"%#@`~.\n\t \\", "---", "...", ": ", "- ", "\n  ", "\u2028", "\ud7ff", "é"]
)


@hypothesis.given(st.lists(ALPHABET, max_size=60).map("".join) | st.binary(max_size=60))
def test_no_text_is_too_strange(text):
    """Whatever the file holds, the answer is a document: sound, or with at least one problem that has a place."""
    document = parse_document(text)
    assert document.complete or document.problems
    assert all(problem.what for problem in document.problems)
    if not document.problems:
        assert document.value == YAML(typ="safe", pure=True).load(text) or "0" in str(text)


def test_eight_levels_are_read():
    """A hierarchy below knobs has three."""
    assert parse_document("[[[[[[[[1]]]]]]]]").problems == []
    assert only("[[[[[[[[[1]]]]]]]]]") == ("1:9", "it is nested more than 8 deep")


def test_all_problems_are_listed_with_the_name_of_the_file():
    """One line each; beyond twenty the rest is an ellipsis."""
    found = [Problem("1:1", "first", "do this"), Problem("", "second", "")]
    with pytest.raises(UsageError, match="the world file has 2 errors") as caught:
        refuse_document(found, name="w.yaml", where="there")
    assert caught.value.what.splitlines()[1:] == ["  - w.yaml:1:1: first; do this", "  - w.yaml: second"]
    assert (caught.value.code, caught.value.where) == ("world.file", "there")
    many = parse_document("a: 1\n" * 1000).problems
    assert len(many) == MOST_PROBLEMS + 1
    with pytest.raises(UsageError, match="more than 20 errors") as caught:
        refuse_document(many, name="w.yaml", where="there")
    assert len(caught.value.what.splitlines()) == MOST_PROBLEMS + 2
    refuse_document([], name="w.yaml", where="there")
