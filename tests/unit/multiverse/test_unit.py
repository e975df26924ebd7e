"""Units and how their records become Partitions."""

import numpy as np

from rashomon.core import Step
from rashomon.dataset import Roles
from rashomon.engine import Call, MemoryStore, Record
from rashomon.multiverse import Executor, Unit, collect, slots_of
from rashomon.perturb import PERTURBATIONS
from tests.planted import N_OBS, N_VARS, counts, dataset, donor_role, donors

NAMES = np.array(list("abcd"))
ADD = Step("add", "numpy:add", reads=("x", "y"), writes=("x",))
DATA = {"x": np.arange(4.0), "y": np.ones(4)}


def unit(**facts):
    """A unit of one step."""
    return Unit((Call(ADD),), ("x",), facts)


def done(labels, rows):
    """A finished record."""
    return Record({"labels": np.array(labels, dtype=np.int32), "rows": np.array(rows)})


def test_the_root_holds_what_the_paths_read():
    """Matrix with its genes or embedding, all rows, and donors and batches where they are declared."""
    slots = slots_of(dataset())
    assert set(slots) == {"rows", "x", "genes", "gene_flags", "donor"}
    assert slots["genes"].tolist() == list(range(N_VARS))
    assert slots["gene_flags"].tolist() == [0] * N_VARS
    batches = Roles(batch=donor_role())
    assert np.array_equal(slots_of(dataset(roles=batches))["batch"], donors())
    assert slots["rows"].tolist() == list(range(N_OBS))
    assert (slots["x"] != counts()).nnz == 0
    assert np.array_equal(slots["donor"], donors())
    view = np.asfortranarray(np.random.default_rng(0).normal(size=(N_OBS, 2)))
    from_view = slots_of(dataset(views={"X_emb": view}, roles=Roles()), use_rep="X_emb")
    assert set(from_view) == {"rows", "view"}
    assert from_view["view"].dtype == np.float32
    assert from_view["view"].flags.c_contiguous


def test_rows_that_a_run_did_not_see_are_missing():
    """Labels go back to their rows; the rest is -2, and noise stays -1."""
    parts = collect([unit(run="r")], [done([0, 1, -1], [3, 1, 0])], ["k"], obs_names=NAMES)
    assert parts.labels[:, 0].tolist() == [-1, 1, -2, 0]
    row = parts.runs.loc[0]
    assert (row["n_clusters"], row["n_used"], row["n_dropped"], row["status"], row["key"]) == (2, 3, 1, "ok", "k")


def test_a_failed_run_is_a_column_with_a_reason():
    """It is counted, never left out; its facts are there."""
    failed = Record(status="failed", reason="pca: no")
    parts = collect([unit(run="a"), unit(run="b")], [failed, done([0], [2])], ["k", "l"], obs_names=NAMES)
    assert parts.labels.tolist() == [[-2, -2], [-2, -2], [-2, 0], [-2, -2]]
    assert parts.runs["reason"].tolist() == ["pca: no", ""]
    assert parts.runs["n_clusters"].tolist() == [0, 1]


def test_no_units_are_an_empty_table_with_columns():
    """Nothing planned is not an error: a stand-in that is of no use has no repeats."""
    parts = collect([], [], [], obs_names=NAMES)
    assert (parts.n_obs, parts.n_runs) == (4, 0)
    assert {"run", "perturbation", "replicate", "status", "n_clusters"} <= set(parts.runs)
    other = collect([unit(run="r")], [done([0], [0])], ["k"], obs_names=NAMES)
    assert other.concat(parts).runs["run"].tolist() == ["r"]


def test_records_come_in_the_order_of_the_units():
    """Each unit gets its own record, also where two units share one."""
    executor = Executor(DATA, 0)
    twice = Unit((Call(ADD), Call(ADD)), ("x",))
    records = executor.run([twice, unit(), twice], task="toys")
    assert [record.slots["x"][0] for record in records] == [2.0, 1.0, 2.0]
    keys = executor.keys([twice, unit(), twice])
    assert keys[0] == keys[2] != keys[1]


def test_keys_depend_on_the_data():
    """Another value, or another donor, is another key; the same data give the same."""
    changed = {**DATA, "y": np.array([1.0, 1, 1, 2])}
    keys = [Executor(data, 0).keys([unit()])[0] for data in (DATA, dict(DATA), changed)]
    assert keys[0] == keys[1] != keys[2]


def test_only_what_draws_depends_on_the_root_of_randomness():
    """Another root redraws half-samples and reuses everything that draws nothing."""
    half = Unit((Call(PERTURBATIONS["halves"].step, {"pair": 0, "half": 0}),), ("rows",))
    first, second = (Executor(slots_of(dataset()), entropy).keys([unit(), half]) for entropy in (0, 1))
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_the_estimate_counts_what_is_stored():
    """Before the run nothing is reused, after it everything."""
    executor = Executor(DATA, 0, MemoryStore())
    assert executor.estimate([unit()]).n_reused == 0
    executor.run([unit()], task="toys")
    assert executor.estimate([unit()]).n_reused == 1
