import pytest

from rashomon.sim.spec.document import parse_document
from rashomon.sim.spec.key import KEYS, key_problems


def told(text):
    """Place and what of every problem of a file."""
    return [(problem.knob, problem.what) for problem in key_problems(parse_document(text))]


def test_a_full_file_has_no_problem():
    """Every key once, each with a legal value."""
    text = (
        "world: mine\nextends: batches\nsummary: no\nn_obs: 50\nparts: [expression]\nknobs: {n_groups: 3}\n"
        f"do: {{batch_effect: 0, doublet: false, batch: b, x: [[1, 2.5]]}}\nfitted: t.parquet\n"
        f"fitted_sha256: '{'0' * 64}'"
    )
    assert told(text) == []
    assert set(parse_document(text).value) == set(KEYS)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("n_obs: '50'", "n_obs is '50'"),
        ("n_obs: 50.0", "n_obs is 50.0"),
        ("n_obs: true", "n_obs is true"),
        ("n_obs: 0", "n_obs is 0"),
        ("n_obs: 010", "n_obs is '010'"),
        ("n_obs:", "n_obs is empty"),
        ("summary: [a]", "summary is a list"),
        ("summary: 12:30", None),
        ("knobs: 3", "knobs is 3"),
        ("knobs:", "knobs is empty"),
        ("do: [a]", "do is a list"),
        ("do: {x: .nan}", "x is nan"),
        ("do: {x: [1, .inf]}", "x is a list"),
        ("do: {x: []}", "x is a list"),
        ("do: {x: [[1], [a]]}", "x is a list"),
        ("do: {x: {a: 1}}", "x is a mapping"),
        ("do: {x: }", "x is empty"),
        ("do: {x: true}", None),
        ("n_ob: 1", "there is no key 'n_ob'"),
        ("knobs: {hierarchy: {T: [a, no]}}", None),
        ("knobs: {hierarchy: {T: [a, 8]}}", "a child of T is 8"),
        ("knobs: {hierarchy: {T: [a, [b]]}}", "a child of T is a list"),
        ("knobs: {hierarchy: {T: [a, ~]}}", "a child of T is empty"),
        ("knobs: {hierarchy: [2, 2]}", None),
    ],
)
def test_what_a_key_may_hold_is_strict(line, what):
    """Text is text and a number is a number; each refused line has an accepted neighbour in this table or above."""
    found = told(f"world: mine\n{line}")
    assert found == ([] if what is None else [(found[0][0], what)])
    assert all(place.startswith("2:") for place, _ in found)


@pytest.mark.parametrize(
    "name", ["/etc/t.parquet", "../t.parquet", "a/t.parquet", "a\\t.parquet", "C:t.parquet", "..", "t.csv", "", "3"]
)
def test_tables_lie_beside_the_file(name):
    """No path leads out of the folder; only a plain name of a parquet file is taken."""
    found = told(f"world: mine\nfitted: '{name}'\nfitted_sha256: '{'0' * 64}'")
    assert found == [("2:1", f"fitted is {name!r}")]


@pytest.mark.parametrize("digest", ["0" * 63, "0" * 65, "G" * 64, "A" * 64])
def test_a_digest_is_a_digest(digest):
    """Sixty-four hexadecimal digits in lower case."""
    assert told(f"world: mine\nfitted: t.parquet\nfitted_sha256: '{digest}'") == [
        ("3:1", f"fitted_sha256 is {digest!r}")
    ]


def test_tables_and_digest_belong_together():
    """One without the other says nothing."""
    assert told("world: mine\nfitted: t.parquet") == [("2:1", "fitted and fitted_sha256 belong together")]


def test_a_name_is_needed():
    """A world without name, a list, and a word are refused at the first line."""
    assert told("n_obs: 3") == [("1:1", "there is no key 'world'")]
    assert told("- world") == [("1:1", "it is no mapping")]
    assert told("world: ' '") == [("1:1", "world is ' '")]
    assert told("world: " + "a" * 501) == [("1:1", f"world is {'a' * 501!r}")]


def test_the_nearest_key_is_named():
    """The fix of an unknown key."""
    (problem,) = key_problems(parse_document("world: a\nknob: {}"))
    assert problem.fix.startswith("did you mean 'knobs'?")
