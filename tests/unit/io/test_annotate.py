import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.io import annotate, read_adata, stored, write
from tests.sample import N_OBS, small

FACTS = {
    "version": "1.0",
    "n_runs": 12,
    "share": 0.25,
    "done": True,
    "nothing": None,
    "names": ["a", "b"],
    "empty": [],
    "answers": [{"question": "stability", "interval": [0.1, None]}],
    "nested": {"a/b": {"c": [1, 2.5, "x"]}},
}


def results(adata, **columns):
    """A table of results for every cell."""
    columns = columns or {"stability": np.linspace(0, 1, adata.n_obs)}
    return pd.DataFrame(columns, index=adata.obs_names)


def test_results_become_new_columns_of_a_copy():
    """The object of the user is not touched."""
    adata = small()
    annotated = annotate(adata, results(adata), uns=FACTS)
    assert list(adata.obs) == list(small().obs)
    assert adata.uns == {}
    assert list(annotated.obs) == [*adata.obs, "rashomon_stability"]


def test_results_are_joined_by_name():
    """Any order; a cell without result has none."""
    adata = small()
    table = results(adata).iloc[::-1].iloc[:-1]
    column = annotate(adata, table).obs["rashomon_stability"]
    assert column.isna().tolist() == [True] + [False] * (N_OBS - 1)
    assert column.iloc[-1] == 1.0


def test_a_column_of_the_user_is_never_overwritten():
    """Not even when its name begins like ours."""
    adata = small()
    adata.obs["rashomon_stability"] = "mine"
    with pytest.raises(UsageError, match="obs already has 1 of these columns: rashomon_stability") as caught:
        annotate(adata, results(adata))
    assert caught.value.code == "output.clash"
    assert "mine_stability" in annotate(adata, results(adata), key_added="mine").obs


def test_a_column_of_ours_is_replaced():
    """A second run under the same key replaces the first, also after writing."""
    adata = small()
    first = annotate(adata, results(adata), uns={"run": 1})
    second = annotate(first, results(adata, stability=np.zeros(N_OBS)), uns={"run": 2})
    assert second.obs["rashomon_stability"].sum() == 0
    assert stored(second) == {"run": 2}


def test_keys_do_not_meet():
    """Two studies on one object."""
    adata = small()
    both = annotate(annotate(adata, results(adata), uns={"run": 1}), results(adata), uns={"run": 2}, key_added="second")
    assert (stored(both), stored(both, key_added="second")) == ({"run": 1}, {"run": 2})
    assert both.uns["rashomon"]["columns"] == ["rashomon_stability", "second_stability"]


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr"])
def test_facts_survive_writing(tmp_path, suffix):
    """Every JSON value comes back as it was, and our columns are still known as ours."""
    adata = small()
    adata.uns["rashomon"] = {"truths": {"gate": "annotation:protein"}}
    path = tmp_path / f"a{suffix}"
    write(annotate(adata, results(adata), uns=FACTS), path)
    again = read_adata(path)
    assert stored(again) == FACTS
    assert dict(again.uns["rashomon"]["truths"]) == {"gate": "annotation:protein"}
    assert annotate(again, results(adata)).obs["rashomon_stability"].iloc[-1] == 1.0


def test_there_may_be_no_facts():
    """An object that was never annotated has none."""
    assert stored(small()) == {}


def test_results_for_other_cells_are_refused():
    """They belong to another object."""
    adata = small()
    table = results(adata).rename(index={"cell0": "elsewhere"})
    with pytest.raises(UsageError, match="1 rows belong to no cell, 0 names repeat") as caught:
        annotate(adata, table)
    assert (caught.value.code, caught.value.where) == ("output.cells", "columns: elsewhere")


def test_repeated_results_are_refused():
    """One row per cell."""
    adata = small()
    with pytest.raises(UsageError, match="0 rows belong to no cell, 1 names repeat"):
        annotate(adata, pd.concat([results(adata), results(adata).iloc[:1]]))


def test_facts_that_are_no_json_are_refused():
    """NaN has no JSON; what cannot be read back is not written."""
    adata = small()
    with pytest.raises(ValueError, match="not JSON compliant"):
        annotate(adata, results(adata), uns={"values": [float("nan")]})
