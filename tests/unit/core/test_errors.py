import pytest

from rashomon.core import InputError, RashomonError, StoreError, UsageError, did_you_mean, first_few


def test_message_has_one_line_per_part_that_is_known():
    """An error prints what, then only the parts that were given, aligned."""
    error = InputError("3 values are NaN", where="X, cell c7", fix="impute or drop them", code="matrix.nan")
    assert str(error).splitlines() == [
        "3 values are NaN",
        "  where:    X, cell c7",
        "  fix:      impute or drop them",
        "  code:     matrix.nan",
    ]


def test_parts_can_be_read_by_a_caller():
    """The parts are attributes, so that a caller need not parse text."""
    error = UsageError("bad", where="here", expected="good", fix="do", code="a.b")
    assert (error.what, error.where, error.expected, error.fix, error.code) == ("bad", "here", "good", "do", "a.b")


@pytest.mark.parametrize(
    ("kind", "code"),
    [(RashomonError, 1), (UsageError, 2), (InputError, 3), (StoreError, 5)],
    ids=["other", "usage", "input", "store"],
)
def test_each_kind_has_its_exit_code(kind, code):
    """Scripts tell the kinds apart by exit code, and all are RashomonError."""
    assert kind("x").exit_code == code
    assert issubclass(kind, RashomonError)


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("laiden", ["leiden", "kmeans"], "did you mean 'leiden'? known: kmeans, leiden"),
        ("zzz", ["b", "a"], "known: a, b"),
        ("zzz", [], "known: none"),
    ],
    ids=["near", "far", "nothing known"],
)
def test_did_you_mean_names_the_nearest_and_lists_all(name, known, expected):
    """A near name is offered; the list is sorted and complete in any case."""
    assert did_you_mean(name, known) == expected


@pytest.mark.parametrize(
    ("n_items", "expected"),
    [(0, ""), (2, "0, 1"), (3, "0, 1 and 1 more"), (9, "0, 1 and 7 more")],
    ids=["none", "as many as shown", "one more", "many more"],
)
def test_first_few_counts_the_rest(n_items, expected):
    """The number of items that are not shown is exact, and absent when all are shown."""
    assert first_few(iter(range(n_items)), n=2) == expected
