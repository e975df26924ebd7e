"""Laws of every tool on AnnData objects, derived from `__all__`: the habits of scanpy, whatever the tool does."""

import inspect

import numpy as np
import pandas as pd
import pytest

from rashomon import get, pp, tl
from rashomon.core import UsageError, silent
from tests.planted import adata
from tests.unit.tl.test_audit import digest
from tests.unit.tl.test_receptor import SMALL
from tests.unit.tl.test_receptor import adata as cells_with_receptors

# anndata says so of every awkward array, the layout of scirpy
pytestmark = pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")

NOT_WRITING = {
    "audit_to": "writes a folder, and columns by `audit`, whose arguments it takes as a mapping",
    "calibrate_cutoff": "returns a calibration for other calls; says nothing of the cells",
    "receptor_dataset": "reads",
}
"""Tools on AnnData that leave it alone, with the reason."""

NO_MATRIX = {
    "audit_receptors": "receptors have no matrix",
    "encode_kmers": "receptors have no matrix",
}
"""Tools that read no matrix, so that a layer means nothing."""

STARTS_FROM_EMBEDDING = {"audit"}
"""Tools that can start from an embedding; the others need counts, or run the default pipeline on twins of the data."""

QUICK = {
    "audit": {"labels": "mine", "truths": ["type"], "labels_only": True, "announce": silent},
    "audit_receptors": {**SMALL, "questions": ["truths"], "truths": ["epitope=biological:external"]},
    "cluster_significance": {"labels": "mine"},
    "confounding": {"labels": "mine", "donor_key": "donor"},
    "encode_kmers": {"k": 2},
    "markers": {"labels": "mine"},
    "power": {"labels": "mine", "budget": "quick"},
    "tripwires": {"labels": "mine"},
    "which_score": {"labels": "mine", "budget": "quick"},
}
"""Arguments of a call that takes a second or so."""


def on_anndata():
    """Every tool whose first argument may be an AnnData (or `Data`, one of several forms)."""
    for module in (pp, tl):
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                first = next(iter(inspect.signature(thing).parameters.values()), None)
                if first is not None and "Data" in str(first.annotation):
                    yield name, thing


TOOLS = dict(on_anndata())
WRITING = {name: tool for name, tool in TOOLS.items() if name not in NOT_WRITING}


def data_for(name):
    """The planted cells, or cells with planted receptors."""
    return cells_with_receptors() if name in NO_MATRIX else adata()


def test_no_tool_is_forgotten():
    """Each has arguments for the laws below; each exception is a tool that exists."""
    assert set(QUICK) == set(WRITING)
    assert set(NOT_WRITING) | set(NO_MATRIX) | STARTS_FROM_EMBEDDING <= set(TOOLS)


@pytest.mark.parametrize("name", WRITING)
def test_arguments_have_the_names_of_scanpy(name):
    """`key_added` and `copy`; `layer` where a matrix is read, `use_rep` where an embedding can be used."""
    parameters = inspect.signature(WRITING[name]).parameters
    assert parameters["copy"].default is False
    assert "key_added" in parameters
    assert ("layer" in parameters) == (name not in NO_MATRIX)
    assert ("use_rep" in parameters) == (name in STARTS_FROM_EMBEDDING)
    assert all(each.kind is each.KEYWORD_ONLY for each in list(parameters.values())[2:])


@pytest.mark.parametrize("name", WRITING)
def test_results_are_kept_under_their_key(name):
    """Two keys stand side by side; nothing of the user's is touched; a copy has them instead of the object."""
    tool, data = WRITING[name], data_for(name)
    before, columns, slots = digest(plain(data)), list(data.obs), set(data.obsm)
    copied = tool(data, **QUICK[name], key_added="one", copy=True)
    assert digest(plain(data)) == before
    assert "rashomon" not in data.uns
    found = tool(copied, **QUICK[name], key_added="two")
    assert found is not None
    assert set(copied.uns["rashomon"]["results"]) == {"one", "two"}
    added = set(copied.obs) - set(columns)
    assert {column.partition("_")[0] for column in added} <= {"one", "two"}
    assert digest(plain(copied), without=added) == before
    assert set(copied.obsm) - slots <= {"one", "two"}
    if name != "encode_kmers":
        assert set(get.results(copied)["tool"]) == {name}
        for table, values in get.tables(copied, key="one").items():
            pd.testing.assert_frame_equal(values, get.table(copied, table, key="two"), check_exact=True)


def plain(data):
    """The object without receptors and k-mers, which the digest does not know."""
    bare = data.copy()
    for slot in [slot for slot, values in bare.obsm.items() if not isinstance(values, np.ndarray)]:
        del bare.obsm[slot]
    return bare


@pytest.mark.parametrize("name", [name for name in WRITING if name != "encode_kmers"])
def test_the_key_of_another_tool_is_refused(name):
    """Before the work, with the object as it was."""
    data = data_for(name)
    data.uns["rashomon"] = {"results": {"taken": {"tool": "another"}}, "columns": []}
    with pytest.raises(UsageError, match="the key 'taken' holds results of another"):
        WRITING[name](data, **QUICK[name], key_added="taken")
    assert data.uns["rashomon"] == {"results": {"taken": {"tool": "another"}}, "columns": []}
