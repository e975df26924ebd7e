"""Clusters of receptors beside the cells that carry them."""

from functools import cache

import pytest

from rashomon import get
from rashomon.core import UsageError
from rashomon.tl.receptor_slot import receptor_slots
from tests.unit.tl.test_receptor import NAMED, adata, audit, frame

pytestmark = pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")


@cache
def judged():
    """The cells after an audit, and the audit."""
    data = adata()
    return data, audit(data, **NAMED)


def test_every_cell_gets_the_cluster_of_its_receptor():
    """Cells with one receptor share its cluster; a cell without a receptor has none."""
    data, found = judged()
    rows = found.tables["row_labels"].set_index("row")
    labels = data.obs["rashomon_receptor_labels"]
    assert labels.astype(object).where(labels.notna(), "").tolist() == rows.loc[data.obs_names, "label"].tolist()
    assert labels.iloc[0] == labels.iloc[1]
    assert labels.isna().sum() == (rows["label"] == "").sum() > 0
    assert data.obs["rashomon_receptor_verdict"].notna().sum() > 0


def test_tables_are_kept():
    """Under their own key, without those that have a row per cell."""
    data, found = judged()
    assert get.results(data)["key"].tolist() == ["rashomon_receptor"]
    assert get.table(data, "clusters")["verdict"].tolist() == found.clusters["verdict"].tolist()
    assert "row_labels" not in get.tables(data)
    assert get.answers(data)["question"].tolist() == list(found.answers)


def test_a_column_of_the_user_stops_it_before_the_work():
    """Tables in memory are never written to, so nothing can clash."""
    data = adata()
    data.obs["rashomon_receptor_labels"] = "precious"
    with pytest.raises(UsageError, match="obs already has 1 of these columns: rashomon_receptor_labels"):
        audit(data, **NAMED)
    assert receptor_slots(frame(), key_added="x") is None
    assert receptor_slots("cells.h5ad", key_added="x") is None
    clean = adata()
    assert receptor_slots(clean, key_added="x") is clean
