import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.partitions import Partitions

NAMES = np.array(["c1", "c2", "c3"])


def make(columns, *, names=NAMES, unit="cell", **facts):
    runs = pd.DataFrame({"run": list(columns), **facts})
    return Partitions(np.array(list(columns.values())).T, names, runs, unit)


@pytest.fixture
def parts():
    return make({"a": [0, 0, 1], "b": [2, -1, -2]}, seconds=[0.5, 1.5])


def test_shape_and_columns(parts):
    """Items are rows, runs are columns, and a column is found by its name."""
    assert (parts.n_obs, parts.n_runs) == (3, 2)
    assert parts.column("b").tolist() == [2, -1, -2]


def test_unknown_run_names_the_nearest(parts):
    """A run that does not exist is answered with those that do."""
    with pytest.raises(UsageError, match="no run 'c'") as caught:
        parts.column("c")
    assert caught.value.fix == "known: a, b"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"labels": np.zeros((2, 2), int)}, r"labels have shape \(2, 2\)"),
        ({"labels": np.zeros(3, int)}, r"labels have shape \(3,\)"),
        ({"labels": np.full((3, 2), -3)}, "reach from -3"),
        ({"labels": np.full((3, 2), 0.5)}, "type float64"),
        ({"obs_names": np.array(["c1", "c2", "c1"])}, "obs_names repeat: c1"),
        ({"runs": pd.DataFrame({"run": ["a", "a"]})}, "run repeat: a"),
        ({"runs": pd.DataFrame({"run": [1, "1"]})}, "run repeat: 1"),
        ({"runs": pd.DataFrame({"name": ["a", "b"]})}, "no column 'run'"),
    ],
    ids=["rows", "vector", "code", "fraction", "items repeat", "runs repeat", "runs repeat as text", "no run names"],
)
def test_invariants(parts, change, match):
    """Shapes agree, codes are codes, names are unique: anything else is refused."""
    facts = {"labels": parts.labels, "obs_names": parts.obs_names, "runs": parts.runs} | change
    with pytest.raises(UsageError, match=match):
        Partitions(**facts)


def test_nothing_can_be_changed_from_outside():
    """Arrays and table are copies, and the arrays are read-only."""
    labels, names, runs = np.array([[0], [1]]), np.array(["x", "y"]), pd.DataFrame({"run": ["a"]}, index=[7])
    parts = Partitions(labels, names, runs)
    labels[0], names[0] = 5, "z"
    runs.loc[7, "run"] = "changed"
    assert parts.labels.tolist() == [[0], [1]]
    assert parts.obs_names.tolist() == ["x", "y"]
    assert parts.runs["run"].tolist() == ["a"]
    assert parts.runs.index.tolist() == [0]
    for array in (parts.labels, parts.obs_names):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_frame_keeps_the_names_of_its_clusters():
    """A table of labels becomes codes, with the original names beside them; missing is -2, reserved words -1."""
    frame = pd.DataFrame({"leiden": ["10", "9", "unknown"], 5: ["T", None, "B"]}, index=NAMES)
    parts = Partitions.from_frame(frame)
    assert parts.labels.tolist() == [[1, 1], [0, -2], [-1, 0]]
    assert parts.runs["run"].tolist() == ["leiden", "5"]
    assert parts.runs["categories"].tolist() == [["9", "10"], ["B", "T"]]


def test_frame_without_columns_has_items_and_no_runs():
    """No labeling is a valid answer."""
    parts = Partitions.from_frame(pd.DataFrame(index=NAMES))
    assert (parts.n_obs, parts.n_runs) == (3, 0)


def test_obs_columns_of_an_object_or_a_table():
    """Anything with an obs table, or the table itself, gives the named columns in the asked order."""

    class Data:
        obs = pd.DataFrame({"x": ["a", "b"], "y": ["1", "1"], "z": ["q", "q"]}, index=["c1", "c2"])

    for data in (Data, Data.obs, Data.obs.assign(obs="a column of that name")):
        assert Partitions.from_obs(data, ["y", "x"]).labels.tolist() == [[0, 0], [0, 1]]


def test_absent_obs_column_names_the_nearest():
    """A misspelt column is refused with the nearest one."""
    with pytest.raises(UsageError, match="no column 'leidn'") as caught:
        Partitions.from_obs(pd.DataFrame({"leiden": ["a"], "x": ["b"]}), ["leidn"])
    assert caught.value.fix.startswith("did you mean 'leiden'?")


def test_column_asked_twice_is_refused():
    """A run occurs once."""
    with pytest.raises(UsageError, match="run repeat: x"):
        Partitions.from_obs(pd.DataFrame({"x": ["a"]}), ["x", "x"])


def test_select_by_mask_and_by_position(parts):
    """A mask keeps the order of the runs, positions set it; facts follow."""
    assert parts.select(np.array([False, True])).runs["run"].tolist() == ["b"]
    reversed_ = parts.select(np.array([1, 0]))
    assert reversed_.runs["seconds"].tolist() == [1.5, 0.5]
    assert reversed_.labels[:, 1].tolist() == [0, 0, 1]
    assert parts.select(np.array([], dtype=int)).n_runs == 0


def test_mask_of_another_length_is_refused(parts):
    """A mask speaks about every run."""
    with pytest.raises(IndexError, match="boolean index did not match"):
        parts.select(np.array([True]))


def test_align_reorders_drops_and_fills(parts):
    """Aligned items keep their labels; unknown ones are not observed (-2)."""
    aligned = parts.align(np.array(["c3", "new", "c1"]))
    assert aligned.labels.tolist() == [[1, -2], [-2, -2], [0, 2]]
    assert aligned.obs_names.tolist() == ["c3", "new", "c1"]


def test_align_of_nothing():
    """Partitions without items know none of the asked ones."""
    empty = make({"a": []}, names=np.array([], dtype=str))
    assert empty.align(np.array(["c1"])).labels.tolist() == [[-2]]


def test_concat_keeps_order_and_types(parts):
    """Runs are appended with their facts; a fact that one side lacks is missing there and keeps its type elsewhere."""
    other = make({"c": [0, 1, 2]}, seconds=[None], n_used=[3])
    both = parts.concat(other)
    assert both.runs["run"].tolist() == ["a", "b", "c"]
    assert both.labels[:, 2].tolist() == [0, 1, 2]
    assert both.runs["seconds"].dtype == float
    assert both.runs["n_used"].tolist()[2] == 3
    assert both.runs["n_used"].isna().tolist() == [True, True, False]


def test_concat_with_no_runs_is_identity(parts):
    """Nothing appended, or appended to nothing, leaves labels and facts as they were."""
    nothing = parts.select(np.array([], dtype=int))
    for both in (parts.concat(nothing), nothing.concat(parts)):
        pd.testing.assert_frame_equal(both.runs, parts.runs)
        assert np.array_equal(both.labels, parts.labels)


@pytest.mark.parametrize(
    ("other", "match"),
    [
        (make({"c": [0, 1, 2]}, names=np.array(["c1", "c3", "c2"])), "name different items"),
        (make({"c": [0, 1, 2]}, unit="clone"), "units differ: cell and clone"),
        (make({"a": [0, 1, 2]}), "run repeat: a"),
    ],
    ids=["order of items", "unit", "run in both"],
)
def test_concat_refuses_what_does_not_fit(parts, other, match):
    """Items, units and names of runs must fit."""
    with pytest.raises(UsageError, match=match):
        parts.concat(other)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([0, 1, 1], 1),
        ([1, 0, -2], 0),
        ([-1, -1, 3], -1),
        ([-1, 3, -2], 3),
        ([-1, -2, -2], -1),
        ([-2, -2, -2], -2),
    ],
    ids=["majority", "tie to the smaller", "unassigned outnumber", "tie with unassigned", "only unassigned", "unseen"],
)
def test_collapse_takes_the_majority_of_those_observed(labels, expected):
    """A group has the most frequent label of its observed members; -2 only where none was observed."""
    parts = make({"a": labels}).collapse(np.array(["g", "g", "g"]))
    assert parts.labels.tolist() == [[expected]]
    assert parts.unit == "clone"


def test_collapse_leaves_out_items_without_a_group(parts):
    """Empty text means "in no group"; groups come out in the order of their names."""
    clones = parts.collapse(np.array(["y", "", "x"]))
    assert clones.obs_names.tolist() == ["x", "y"]
    assert clones.labels.tolist() == [[1, -2], [0, 2]]


def test_collapse_needs_a_group_per_item(parts):
    """Groups of another length are refused."""
    with pytest.raises(UsageError, match=r"groups have shape \(2,\)"):
        parts.collapse(np.array(["x", "y"]))
