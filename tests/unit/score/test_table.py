"""The table of scores: one schema, and agreement of runs with a truth."""

import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Truth
from rashomon.partitions import Partitions
from rashomon.score import SCORE_TABLE, agreement, check_score_table, score, score_table


@pytest.fixture
def truth():
    names = pd.Series(["B", "B", "T", "T", "T", None, "unknown", "B"], name="cell_type")
    return Truth.from_series(names)


@pytest.fixture
def parts():
    labels = [[0, 0], [0, 1], [1, -1], [1, 1], [-2, 1], [0, 1], [1, 0], [1, 0]]
    names = np.array([f"c{i}" for i in range(8)])
    return Partitions(np.array(labels), names, pd.DataFrame({"run": ["one", "two"]}), "clone")


def row(**changes):
    blank = {"object": "", "float64": np.nan, "int64": 0}
    return {column.name: blank[column.dtype] for column in SCORE_TABLE} | {"status": "ok", "value": 0.5} | changes


def test_one_row_per_run_and_score(parts, truth):
    """The table has the declared columns, and rows for every run under every score, in order."""
    table = agreement(parts, truth, scores=["ari", "ami"], control="random labels")
    check_score_table(table)
    assert table[["score", "run"]].values.tolist() == [["ari", "one"], ["ari", "two"], ["ami", "one"], ["ami", "two"]]
    assert set(table["truth"]) == {"cell_type"}
    assert set(table["level"]) == {"clone"}
    assert set(table["control"]) == {"random labels"}
    assert table[["low", "high"]].isna().all(axis=None)


def test_values_are_those_of_score(parts, truth):
    """Items without a class are left out; unassigned items are singletons, and left out in the value beside."""
    table = agreement(parts, truth).set_index(["run", "score"])
    labelled = np.where(truth.codes >= 0, truth.codes, -2)
    for (run, name), found in table.iterrows():
        result = score(name, parts.column(run), labelled)
        assert found["value"] == result.value
        assert found["value_assigned"] == score(name, parts.column(run), labelled, unassigned="left_out").value
        assert (found["n_obs"], found["n_clusters"], found["coverage"]) == (result.n_obs, result.n_a, result.coverage)
    assert table.loc[("one", "ari"), "n_obs"] == 5
    assert table.loc[("two", "ari"), "coverage"] == 5 / 6


def test_undefined_rows_stay_in_the_table(truth):
    """A run with one cluster against one class is a row with a reason."""
    parts = Partitions(np.array([[0], [0], *[[-2]] * 6]), np.arange(8).astype(str), pd.DataFrame({"run": ["r"]}))
    found = agreement(parts, truth, scores=["ari"]).loc[0]
    assert np.isnan(found["value"])
    assert (found["status"], found["reason"]) == ("undefined", "one cluster in both")


@pytest.fixture
def many(rng):
    labels = rng.integers(4, size=600)
    runs = np.column_stack([np.where(rng.random(600) < share, labels, 0) for share in (0.9, 0.5)])
    names = np.array([f"c{i}" for i in range(600)])
    truth = Truth("t", "annotation", labels, ("a", "b", "c", "d"))
    return Partitions(runs, names, pd.DataFrame({"run": ["good", "poor"]})), truth


def test_intervals_hold_their_values(many, rng):
    """With a generator every row has an interval around its value; the same generator gives the same one."""
    tables = [agreement(*many, rng=np.random.default_rng(5)) for _ in range(2)]
    table = tables[0]
    assert ((table["low"] < table["value"]) & (table["value"] < table["high"])).all()
    pd.testing.assert_frame_equal(*tables)
    by_donor = agreement(*many, blocks=rng.integers(12, size=600), rng=rng)
    assert by_donor["low"].notna().all()


def test_few_donors_give_a_value_and_no_interval(many, rng):
    """The row is fine; the reason says why there is no interval."""
    table = agreement(*many, blocks=np.arange(600) % 4, rng=rng)
    assert set(table["status"]) == {"ok"}
    assert table["low"].isna().all()
    assert set(table["reason"]) == {"no interval: 4 blocks (donors), fewer than 6"}


def test_blocks_without_a_generator_are_refused(many):
    """No argument is ignored in silence."""
    with pytest.raises(UsageError, match="blocks are given but no rng"):
        agreement(*many, blocks=np.arange(600) % 8)


def test_no_runs_give_an_empty_table(truth, rng):
    """The schema holds without rows."""
    parts = Partitions(np.empty((8, 0)), np.arange(8).astype(str), pd.DataFrame({"run": []}))
    assert len(agreement(parts, truth, rng=rng)) == 0


def test_truth_and_runs_must_have_the_same_items(parts):
    """A truth of other items is refused by name."""
    truth = Truth("t", "annotation", np.array([0, 1]), ("a", "b"))
    with pytest.raises(UsageError, match="the parts have 8 and 2 items"):
        agreement(parts, truth)


def test_scores_on_a_view_are_not_agreement(parts, truth):
    """A silhouette compares with no truth."""
    with pytest.raises(UsageError, match="silhouette is not computable: needs view"):
        agreement(parts, truth, scores=["silhouette"])


def test_columns_are_declared_once():
    """Names are unique, and each column says what it means."""
    names = [column.name for column in SCORE_TABLE]
    assert len(set(names)) == len(names)
    assert all(column.meaning for column in SCORE_TABLE)
    assert list(score_table([row()]).columns) == names


def test_rows_with_other_columns_are_refused():
    """A missing and a strange column are both named."""
    with pytest.raises(UsageError, match="rows lack or add columns: strange"):
        score_table([row(strange=1)])
    lacking = row()
    del lacking["level"]
    with pytest.raises(UsageError, match="rows lack or add columns: level"):
        score_table([lacking])


def test_values_of_another_type_are_refused():
    """Text is no number, and a missing count is no count."""
    with pytest.raises(UsageError, match="a value has the wrong type"):
        score_table([row(value="high")])
    with pytest.raises(UsageError, match="a value has the wrong type"):
        score_table([row(n_obs=None)])


def test_undefined_needs_a_reason_and_ok_a_value():
    """The two ways in which a row can contradict itself, beside healthy neighbours."""
    assert len(score_table([row(), row(status="undefined", value=np.nan, reason="one cluster in both")])) == 2
    for wrong in (row(value=np.nan), row(status="undefined"), row(status="undefined", value=np.nan)):
        with pytest.raises(UsageError, match="row 1 says"):
            score_table([row(), wrong])


def test_a_table_with_other_columns_is_refused():
    """Order, number and type of columns are part of the schema."""
    table = score_table([row()])
    with pytest.raises(UsageError, match="the columns differ: 14 instead of 15"):
        check_score_table(table.iloc[:, :-1])
    with pytest.raises(UsageError, match=r"\('n_obs', 'float64'\) instead of \('n_obs', 'int64'\)"):
        check_score_table(table.astype({"n_obs": float}))
