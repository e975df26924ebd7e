"""Columns of a part of the cells reach those cells, by place."""

from dataclasses import replace

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from rashomon import get, tl
from rashomon.core import UsageError, silent
from rashomon.tl.slot import check_free, write_results, write_slots
from tests import example_audit
from tests.planted import N_OBS, adata, planted_audit


def test_cells_that_were_not_audited_get_missing_values():
    """The audited cells get theirs in their order, the others none; facts go to uns."""
    found, data = planted_audit(), adata()
    larger = ad.concat([data, data], index_unique="-")[np.argsort(np.tile(np.arange(N_OBS), 2), kind="stable")].copy()
    rows = np.arange(2 * N_OBS) % 2 == 1
    write_slots(larger, found, rows=rows, key_added="rashomon")
    assert larger.obs["rashomon_stability"][rows].tolist() == found.cells["stability"].tolist()
    assert larger.obs["rashomon_stability"][~rows].isna().all()
    assert larger.obs["rashomon_verdict"][rows].tolist() == found.cells["verdict"].tolist()
    assert larger.obs["rashomon_verdict"][~rows].isna().all()
    assert "rashomon" in larger.uns


def test_the_mark_of_simulated_data_stays():
    """Beside the results that are written."""
    data = adata()
    data.uns["rashomon"] = {"world": example_audit.world_entry()}
    write_slots(data, planted_audit(), rows=np.ones(N_OBS, dtype=bool), key_added="rashomon")
    assert data.uns["rashomon"]["world"] == example_audit.world_entry()
    assert data.uns["rashomon"]["results"]["rashomon"]


def test_a_view_becomes_an_object_of_its_own():
    """Columns and facts are on the part, and the whole is as it was; no warning is given."""
    data = adata()
    data.uns["rashomon"] = {"truths": {"type": "biological"}}
    part = data[10:30]
    tl.tripwires(part, "mine")
    write_results(part, {"score": np.arange(20)}, {"n": 1}, key_added="x")
    assert part.obs["x_score"].tolist() == list(range(20))
    assert get.results(part)["key"].tolist() == ["mine_tripwires", "x"]
    assert "x_score" not in data.obs
    assert data.uns["rashomon"] == {"truths": {"type": "biological"}}


def test_a_key_belongs_to_one_tool():
    """The results of another are not replaced; those of the same are."""
    data = adata()
    write_results(data, {}, {"tool": "power"}, key_added="x")
    check_free(data, (), tool="power", key_added="x")
    with pytest.raises(UsageError, match="the key 'x' holds results of power") as caught:
        check_free(data, (), tool="audit", key_added="x")
    assert caught.value.code == "output.clash"
    with pytest.raises(UsageError, match="holds results of power"):
        tl.audit(data, labels="mine", key_added="x", labels_only=True, announce=silent)


def test_missing_columns_are_those_of_the_categories():
    """A category of which no cell is left stays, as in every AnnData."""
    data = adata()
    write_results(data, {"c": pd.Categorical(["a"] * N_OBS, ["a", "b"])}, {}, key_added="x")
    assert list(data.obs["x_c"].cat.categories) == ["a", "b"]


def test_the_word_is_that_of_the_card():
    """Few classes, as a plot needs them; the verdict of each cell begins with its word, or says the same at length."""
    found, data = planted_audit(), adata()
    write_slots(data, found, rows=np.ones(N_OBS, dtype=bool), key_added="rashomon")
    cards = found.tables["cards"].set_index("cluster")["word"]
    assert data.obs["rashomon_word"].tolist() == [cards[label] for label in found.cells["label"]]
    bare = replace(found, tables={name: table for name, table in found.tables.items() if name != "cards"})
    write_slots(data, bare, rows=np.ones(N_OBS, dtype=bool), key_added="bare")
    assert data.obs["bare_word"].isna().all()
