"""Columns of a part of the cells reach those cells, by place."""

import anndata as ad
import numpy as np

from rashomon.tl.slot import write_slots
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
