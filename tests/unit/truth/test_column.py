import numpy as np
import pandas as pd
import pytest

from rashomon.truth import check_labels, label_column
from tests.sample import refused

OBS = pd.DataFrame({"cell_type": ["T", "B"] * 6, "leiden": pd.Categorical(["0", "1", "2"] * 4), 7: range(12)})


def check(values, **options):
    return check_labels(pd.Series(values), where="obs['x']", **options)


def test_a_column_is_found_by_its_name():
    """Names that are numbers are found by their text."""
    assert label_column(OBS, "cell_type").tolist() == OBS["cell_type"].tolist()
    assert label_column(OBS, "7").name == "7"


def test_an_absent_column_is_refused_with_the_nearest():
    """The columns are listed, the nearest is proposed."""
    with refused("label.absent", what="there is no column 'celltype'", where="obs"):
        label_column(OBS, "celltype")
    with pytest.raises(Exception, match="did you mean 'cell_type'") as caught:
        label_column(OBS, "celltype")
    assert caught.value.expected == "one of 3 columns: cell_type, leiden, 7"


def test_a_table_without_columns_is_said():
    """There is nothing to list."""
    with refused("label.absent", what="there is no column 'a'", where="obs"):
        label_column(pd.DataFrame(index=range(3)), "a")


def test_a_column_that_exists_twice_is_refused():
    """Nobody can know which is meant; the other columns can be read."""
    twice = pd.DataFrame([[1, 2, 3]] * 3, columns=["a", "a", "b"])
    with refused("label.repeated", what="2 columns are named 'a'", where="obs"):
        label_column(twice, "a")
    assert label_column(twice, "b").tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ([np.nan] * 12, "none of 12 rows carries a class: 12 are missing, 0 say 'no class'"),
        ([""] * 5 + ["unknown"] * 7, "none of 12 rows carries a class: 5 are missing, 7 say 'no class'"),
        (pd.Categorical([None] * 12, categories=["a"]), "none of 12 rows carries a class"),
    ],
)
def test_a_column_without_any_class_is_refused(values, what):
    """All NaN, all empty, only words for 'no class'."""
    with refused("label.all_missing", what=what, where="obs['x']"):
        check(values)


def test_a_single_class_is_refused():
    """Missing labels are no second class."""
    with refused("label.one_class", what="all 11 labelled rows are 'T'", where="obs['x']"):
        check(["T"] * 11 + [None])
    assert check(["T"] * 10 + ["B", None])[0].startswith("obs['x']: 1 of 12 rows")


def test_a_single_class_may_be_noted_instead():
    """For technical columns."""
    notes = check(["d1"] * 12, one_class="note")
    assert notes == ("obs['x']: all labelled rows are 'd1', so nothing can be compared across it",)


@pytest.mark.parametrize("values", [[f"c{i}" for i in range(12)], [*range(7), *range(5)], list(range(12))])
def test_a_class_for_almost_every_row_is_refused(values):
    """More classes than half of the rows: identifiers, or measurements."""
    with refused("label.all_unique", what="for 12 labelled rows", where="obs['x']"):
        check(values)


def test_two_rows_per_class_are_enough():
    """At the limit the column is accepted."""
    assert check([*range(6), *range(6)]) == ()


def test_measurements_are_refused():
    """Fractions with many values; the range is named."""
    with refused("label.numeric", what="40 different numbers between 0.125 and 39.12", where="obs['x']"):
        check(np.repeat(np.arange(40), 3) + 0.125)


@pytest.mark.parametrize(
    "values",
    [
        np.array([0.0, 1.0, np.nan] * 8),
        np.array([0.5, 1.0, 2.0] * 8),
        np.array([True, False] * 8),
        np.arange(48.0) % 20,
    ],
    ids=["whole numbers", "doses", "booleans", "many whole numbers"],
)
def test_numbers_that_are_classes_are_accepted(values):
    """Clusters numbered in floats, a few doses, booleans."""
    assert all("carry no label" in note for note in check(values))


def test_missing_and_unassigned_rows_are_counted_apart():
    """Each gets its own note."""
    notes = check(["T", "B"] * 5 + [None, "junk", "Doublets"])
    assert [note.split(": ")[1].split(" rows")[0] for note in notes] == ["1 of 13", "2 of 13"]


def test_small_groups_of_text_are_classes():
    """Clones: half of the rows alone is no identifier in text; numbers like that are measurements."""
    names = [f"c{i}" for i in range(50)] + [f"shared{i // 2}" for i in range(50)]
    assert check(names) == ()
    with refused("label.all_unique", what="labelled rows", where="obs['x']"):
        check([*range(50), *(100 + i // 2 for i in range(50))])
    with refused("label.all_unique", what="labelled rows", where="obs['x']"):
        check(names[:50] + ["shared1"] * 5)
