"""The face on AnnData: new columns only, the rest untouched, refusals before the work."""

import hashlib
import warnings

import anndata as ad
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import rashomon as rs
from rashomon import tl
from rashomon.ask import QUESTIONS
from rashomon.core import InputError, UsageError
from rashomon.io import stored
from rashomon.tl.slot import CELL_COLUMNS
from tests.planted import N_OBS, N_REPLICATES, adata, groups, shuffled, store_path

DECLARED = {"truths": ["type=biological:external"], "donor_key": "donor"}


def run(data, *, labels="mine", **more):
    """Audit with the records of the planted audits at hand."""
    given = {**DECLARED, "n_replicates": N_REPLICATES, "n_jobs": 1, "store": store_path(), **more}
    return tl.audit(data, labels=labels, **given)


def digest(data, *, without=()):
    """Digest of every slot of an AnnData but some columns of obs and ours of uns."""
    words = hashlib.sha256()
    for matrix in (data.X, *data.layers.values(), *data.obsp.values()):
        parts = (matrix.data, matrix.indices, matrix.indptr) if sp.issparse(matrix) else (np.asarray(matrix),)
        for part in parts:
            words.update(str(part.dtype).encode() + part.tobytes())
    frames = [data.obs.drop(columns=[name for name in data.obs if name in without]), data.var]
    for frame in frames:
        words.update(pd.util.hash_pandas_object(frame.astype(str)).to_numpy().tobytes())
        words.update(" ".join([*frame.columns, *map(str, frame.dtypes)]).encode())
    for name, values in data.obsm.items():
        words.update(name.encode() + np.asarray(values).tobytes())
    words.update(repr({name: value for name, value in data.uns.items() if name != "rashomon"}).encode())
    return words.hexdigest()


def embedding():
    """Coordinates in which the groups lie apart."""
    return np.random.default_rng(0).normal(size=(N_OBS, 4)) + 8.0 * groups()[:, None]


@pytest.fixture
def rich():
    """An AnnData with something in every slot."""
    data = adata()
    data.layers["counts"] = data.X.copy()
    data.obsm["X_umap"] = np.random.default_rng(0).normal(size=(N_OBS, 2))
    data.obsp["connectivities"] = sp.eye(N_OBS, format="csr")
    data.uns["mine"] = {"a": 1}
    data.var["mean"] = np.arange(data.n_vars)
    return data


def test_new_columns_only(rich):
    """The columns of an audit are added; every other slot is the same, byte for byte."""
    before, columns = digest(rich), list(rich.obs)
    found = run(rich)
    added = [name for name in rich.obs if name not in columns]
    assert added == [f"rashomon_{name}" for name in CELL_COLUMNS]
    assert digest(rich, without=added) == before
    assert rich.obs["rashomon_stability"].tolist() == found.cells["stability"].tolist()
    assert rich.obs["rashomon_verdict"].tolist() == found.cells["verdict"].tolist()
    assert isinstance(rich.obs["rashomon_verdict"].dtype, pd.CategoricalDtype)
    assert found.view[1] == "X_umap"
    assert found.answers["stability"].verdict == "3 of 3 clusters come back"


def test_results_survive_a_trip_to_disk(tmp_path):
    """Columns and facts are read back as they were written, and a second audit may replace them."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    run(data, use_rep="X_emb")
    data.write_h5ad(tmp_path / "a.h5ad")
    again = ad.read_h5ad(tmp_path / "a.h5ad")
    for name in ("rashomon_stability", "rashomon_verdict"):
        assert again.obs[name].tolist() == data.obs[name].tolist()
    facts = stored(again)
    assert facts["spec"]["labels"] == "mine"
    assert set(facts["answers"]) == set(QUESTIONS)
    run(again, use_rep="X_emb")
    assert list(again.obs) == list(data.obs)


def test_labels_alone_can_be_written(tmp_path):
    """Columns without a value are no obstacle: labels only, on a matrix that could not be used."""
    data = adata()
    data.X.data[0] = np.nan
    found = run(data, labels_only=True)
    assert found.answers["truths"].verdict == "the clusters follow type"
    data.write_h5ad(tmp_path / "a.h5ad")
    again = ad.read_h5ad(tmp_path / "a.h5ad").obs
    assert again["rashomon_stability"].isna().all()
    assert again["rashomon_verdict"].isna().all()


def test_without_labels_they_are_added():
    """The clusters of the default pipeline become a categorical column in their order."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    found = run(data, labels=None, use_rep="X_emb")
    labels = data.obs["rashomon_labels"]
    assert isinstance(labels.dtype, pd.CategoricalDtype)
    assert tuple(labels.cat.categories) == found.judged.categories
    assert labels.tolist() == found.cells["label"].tolist()


def test_key_added_names_the_columns():
    """Two audits of one object live side by side."""
    data = adata()
    data.obs["moved"] = pd.Categorical(shuffled().astype(str))
    data.obsm["X_emb"] = embedding()
    run(data, use_rep="X_emb")
    run(data, labels="moved", key_added="moved_audit", use_rep="X_emb")
    assert data.obs["moved_audit_stability"].isna().all()
    assert data.obs["rashomon_stability"].notna().all()
    assert stored(data, key_added="moved_audit")["spec"]["labels"] == "moved"
    assert stored(data)["spec"]["labels"] == "mine"


def test_cells_are_matched_by_place():
    """Names of cells that are numbers lose nothing."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    data.obs.index = pd.RangeIndex(N_OBS)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Transforming to str index")
        found = run(data, use_rep="X_emb")
    assert data.obs["rashomon_stability"].tolist() == found.cells["stability"].tolist()


def test_the_order_of_the_cells_is_kept():
    """Cells in another order are judged in that order."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    data = data[::-1].copy()
    found = run(data, use_rep="X_emb")
    assert data.obs["rashomon_stability"].notna().all()
    assert found.judged.codes.tolist() == groups()[::-1].tolist()


def refuse_work(*_):
    """A listener that must not be reached."""
    raise AssertionError("work began")


@pytest.mark.parametrize("name", ["stability", "verdict", "labels"])
def test_a_foreign_column_is_never_overwritten(name):
    """A column of the user by one of our names: refused before the work, nothing changed."""
    data = adata()
    data.obs[f"rashomon_{name}"] = "precious"
    before = digest(data)
    with pytest.raises(UsageError, match=f"obs already has 1 of these columns: rashomon_{name}"):
        run(data, progress=refuse_work)
    assert digest(data) == before
    assert "rashomon" not in data.uns


@pytest.mark.parametrize(
    ("change", "nearest"),
    [
        ({"labels": "mime"}, "'mine'"),
        ({"donor_key": "doner"}, "'donor'"),
        ({"truths": ["tipe"]}, "'type'"),
    ],
)
def test_absent_columns_name_the_nearest(change, nearest):
    """A misspelt column is refused with the right name before anything is computed or changed."""
    data = adata()
    before = digest(data)
    with pytest.raises(InputError, match="there is no column") as caught:
        run(data, **change, progress=refuse_work)
    assert f"did you mean {nearest}" in caught.value.fix
    assert digest(data) == before


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"use_rep": "X_scvi"}, InputError, "there is no embedding 'X_scvi'"),
        ({"layer": "count"}, InputError, "count"),
        ({"n_jobs": -1}, UsageError, "n_jobs is -1"),
        ({"budget": "quik"}, UsageError, "unknown budget"),
        ({"labels": "number"}, InputError, "different numbers"),
        ({"within": {"type": "D"}}, UsageError, "no row of 'type' is 'D'"),
        ({"within": {"type": "C"}}, InputError, "24 of 96 cells are within type=C"),
        ({"multiverse": {"n_pcs": [5]}}, UsageError, "n_pcs = 5 is not offered"),
        ({"truths": ["type=biologic"]}, UsageError, "unknown kind 'biologic'"),
    ],
)
def test_unusable_arguments_change_nothing(change, error, message):
    """Refused by the right class of error, before the work, with the object as it was."""
    data = adata()
    data.obs["number"] = np.linspace(0, 1, N_OBS)
    before = digest(data)
    with pytest.raises(error, match=message):
        run(data, **change, progress=refuse_work)
    assert digest(data) == before


def test_words_for_no_class_are_left_out():
    """A word of the user means "no class" in judged labels and truths alike."""
    data = adata()
    data.obs["gate"] = data.obs["type"].astype(str).where(np.arange(N_OBS) % 4 > 0, "ungated")
    data.obs["cut"] = data.obs["mine"].astype(str).where(np.arange(N_OBS) % 5 > 0, "ungated")
    found = run(data, labels="cut", truths=["gate=annotation:protein"], unassigned=["ungated"], labels_only=True)
    assert found.judged.categories == ("0", "1", "2")
    assert (found.judged.codes == -1).sum() == 20
    assert found.dataset.truths["gate"].categories == ("A", "B", "C")


def test_a_part_of_the_cells_is_audited():
    """Only cells with the value are judged; the others are counted and get missing values."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    inside = (data.obs["type"] != "C").to_numpy()
    found = run(data, use_rep="X_emb", within={"type": ["A", "B"]})
    assert found.dataset.n_obs == inside.sum() == found.dataset.rows.n_used
    assert found.dataset.rows.n_in == N_OBS
    assert "outside the part" in str(found.dataset.rows.dropped[0])
    assert data.obs["rashomon_stability"][inside].notna().all()
    assert data.obs["rashomon_stability"][~inside].isna().all()
    assert data.obs["rashomon_verdict"][~inside].isna().all()
    assert found.spec["within"] == {"type": ["A", "B"]}


def by_first_component(view):
    """A clusterer of the user: three parts of the first component."""
    return np.searchsorted([4.0, 12.0], view[:, 0])


def test_a_function_of_the_user_is_a_branch():
    """A callable clusters beside the others in this process; its branch decides nothing; it is put on record."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    found = run(data, use_rep="X_emb", clusterers=[by_first_component, "kmeans"], multiverse={"resolution": [0.5]})
    runs = found.tables["runs"].query("perturbation == 'none'")
    assert set(runs["branch"]) == {"", "clusterer=by_first_component", "clusterer=kmeans"}
    assert set(runs["resolution"].dropna()) == {0.5}
    assert found.failed.empty
    assert found.spec["clusterers"][0][0] == "by_first_component"
    with pytest.raises(UsageError, match="cannot run in worker processes"):
        run(data, use_rep="X_emb", clusterers=[by_first_component], n_jobs=2)


def halved(view):
    """A step of the user: every other component."""
    return view[:, ::2]


def test_a_step_of_the_user_is_a_branch():
    """A callable acts on the view in a branch; it is put on record."""
    data = adata()
    data.obsm["X_emb"] = embedding()
    found = run(data, use_rep="X_emb", steps=[halved], multiverse={"resolution": [0.5]})
    assert set(found.tables["runs"].query("perturbation == 'none'")["branch"]) == {"", "view_step=halved"}
    assert found.failed.empty
    assert found.spec["steps"][0][0] == "halved"


def test_the_face_offers_the_audit():
    """`rs.audit` is the tool; every public name resolves and is listed; others are no attributes."""
    assert rs.audit is tl.audit
    assert all(getattr(rs, name) is not None for name in rs.__all__)
    assert set(rs.__all__) <= set(dir(rs))
    with pytest.raises(AttributeError, match="module 'rashomon' has no attribute 'audits'"):
        _ = rs.audits
