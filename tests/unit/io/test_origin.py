import pytest

from rashomon.io import annotate, from_anndata, read, read_adata, write
from rashomon.io.origin import FILE, namespace, origin_notes
from tests.sample import good_file, noted, small


def test_what_is_known_of_a_file_reaches_the_data_set(tmp_path):
    """Also where the object is read first and turned into a data set later, as an audit does."""
    path = good_file(tmp_path)
    adata = read_adata(path)
    assert from_anndata(adata, source="good.h5ad").rows.notes == read(path).rows.notes
    noted("file.unverified", from_anndata(adata).rows.notes, what=adata.uns["rashomon"][FILE]["sha256"])


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr"])
def test_it_survives_writing_and_is_replaced_by_reading(tmp_path, suffix):
    """A copy names the file it was made from, until it is read as a file itself."""
    first = read_adata(good_file(tmp_path))
    path = tmp_path / f"copy{suffix}"
    write(first, path)
    assert read_adata(path).uns["rashomon"][FILE]["name"] == path.name
    assert read_adata(path).uns["rashomon"][FILE]["sha256"] != first.uns["rashomon"][FILE]["sha256"]


def test_an_object_without_a_file_says_nothing():
    """Nothing was read."""
    assert origin_notes(small().uns) == ()


HOSTILE = [
    3,
    "text",
    {"truths": 3},
    {"truths": {"a": 1}},
    {"columns": 3},
    {"columns": [1, 2]},
    {"results": {"rashomon": 3}},
    {"file": 3},
    {"file": {"notes_json": 3}},
    {"file": {"notes_json": "{"}},
    {"file": {"notes_json": "[1, {}]"}},
    {"world": 3},
    {"world": {"mark": 3}},
    {"world": {"mark": "measured"}},
]


@pytest.mark.parametrize("entry", HOSTILE, ids=str)
def test_what_has_another_form_is_not_believed(entry):
    """A file may hold anything under our name."""
    adata = small()
    adata.uns["rashomon"] = entry
    assert origin_notes(adata.uns) == ()
    assert from_anndata(adata).n_obs == adata.n_obs
    assert namespace(adata.uns).get("rashomon", {}) in (
        {},
        {"file": {"notes_json": "{"}},
        {"file": {"notes_json": "[1, {}]"}},
    )


def test_what_steers_a_terminal_is_shown():
    """Notes of a file are text of a stranger."""
    uns = {"rashomon": {"file": {"notes_json": '["\\u001b[2J"]'}}}
    assert origin_notes(uns) == ("\\x1b[2J",)


def test_our_own_entries_stay():
    """Truths and results that have our form are kept."""
    adata = small()
    adata.uns["rashomon"] = {"truths": {"cell_type": "annotation:protein"}}
    assert from_anndata(adata).truths["cell_type"].derived_from == "protein"
    assert annotate(adata, adata.obs[["gate"]]).uns["rashomon"]["truths"] == {"cell_type": "annotation:protein"}
