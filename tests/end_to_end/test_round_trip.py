"""Results go where the user's data go: to disk and back, through subsets and copies, out to text and in again."""

import subprocess
import sys
from contextlib import nullcontext
from functools import cache

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from rashomon import get, tl
from rashomon.core import UsageError
from rashomon.io import read_adata, write
from rashomon.io.label_file import read_labels
from rashomon.tl.slot import write_slots
from tests.planted import N_OBS, adata, planted_audit
from tests.unit.tl.test_audit import digest


@cache
def written():
    """The planted data with an audit and a test of its splits."""
    data = adata()
    write_slots(data, planted_audit(), rows=np.ones(N_OBS, dtype=bool), key_added="rashomon")
    tl.cluster_significance(data, "mine", rng=1)
    return data


def assert_same_results(found, expected, rows=slice(None)):
    """Columns of the cells, and every table, answer and call."""
    ours = [name for name in expected.obs if name.startswith(("rashomon_", "mine_"))]
    assert [name for name in found.obs if name in ours] == ours
    for name in ours:
        left, right = found.obs[name], expected.obs[name].iloc[rows]
        assert (
            left.astype(object).where(left.notna(), None).tolist()
            == right.astype(object).where(right.notna(), None).tolist()
        )
    pd.testing.assert_frame_equal(get.results(found), get.results(expected))
    pd.testing.assert_frame_equal(get.answers(found), get.answers(expected), check_exact=True)
    for key in ("rashomon", "mine"):
        for name, table in get.tables(expected, key=key).items():
            pd.testing.assert_frame_equal(get.table(found, name, key=key), table, check_exact=True, obj=name)


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr"])
@pytest.mark.parametrize("how", ["anndata", "rashomon"])
def test_a_trip_to_disk(tmp_path, suffix, how):
    """Written and read by anndata, or by ours with all its checks: the same results."""
    path = tmp_path / f"a{suffix}"
    if how == "rashomon":
        write(written(), path)
        back = read_adata(path)
    else:
        with pytest.warns(match="zarr v2") if suffix == ".zarr" else nullcontext():
            getattr(written(), f"write_{suffix[1:]}")(path)
        back = ad.read_h5ad(path) if suffix == ".h5ad" else ad.read_zarr(path)
    assert_same_results(back, written())


@pytest.mark.parametrize("backed", [False, True])
def test_subsets_and_copies(tmp_path, backed):
    """Fewer genes: everything; fewer cells, in another order: their rows; also of a file that stays on disk."""
    data = written()
    if backed:
        data.copy().write_h5ad(tmp_path / "a.h5ad")
        data = ad.read_h5ad(tmp_path / "a.h5ad", backed="r")
    rows = np.array([40, 3, 7])
    assert_same_results(data[:, ["g1", "g5"]], written())
    assert_same_results(data[rows], written(), rows)
    if not backed:
        assert_same_results(data.copy(), written())
        assert_same_results(data[rows, :5].copy(), written(), rows)
    else:
        data.file.close()


def test_a_second_call_after_a_trip_replaces_its_own_and_no_others(tmp_path):
    """Our columns are known as ours; a column of the user by the name of one of ours stops the call."""
    written().write_h5ad(tmp_path / "a.h5ad")
    back = ad.read_h5ad(tmp_path / "a.h5ad")
    kept = back.obs["rashomon_stability"].copy()
    tl.cluster_significance(back, "mine", rng=1)
    assert_same_results(back, written())
    assert back.obs["rashomon_stability"].equals(kept)
    back.obs["type_recommended"] = "precious"
    before = digest(back)
    with pytest.raises(UsageError, match="obs already has 1 of these columns: type_recommended"):
        tl.cluster_significance(back, "type")
    assert digest(back) == before


def test_concatenated_objects_keep_their_columns():
    """anndata drops uns of parts: columns stay as columns, and no results are claimed."""
    both = ad.concat({"a": written(), "b": written()}, index_unique="-")
    assert both.obs["rashomon_stability"].notna().sum() == 2 * written().obs["rashomon_stability"].notna().sum()
    assert get.results(both).empty
    same = ad.concat({"a": written(), "b": written()}, index_unique="-", uns_merge="same")
    assert get.results(same)["key"].tolist() == ["mine", "rashomon"]
    assert len(get.cells(same, key="rashomon")) == 2 * N_OBS


def test_text_out_and_in_again(tmp_path):
    """What goes to Seurat and cellxgene comes back as labels, cell by cell, also when barcodes got a prefix."""
    get.to_csv(written(), tmp_path / "cells.csv", columns=["mine"])
    back = read_labels(tmp_path / "cells.csv", [f"s1_{name}" for name in written().obs_names], announce=lambda _: None)
    for name in ("mine", "mine_recommended", "rashomon_verdict", "rashomon_label_set"):
        values = written().obs[name]
        assert back[name].tolist() == values.astype(object).where(values.notna(), None).tolist()
    assert back["rashomon_stability"].astype(float).tolist() == pytest.approx(
        written().obs["rashomon_stability"].tolist(), nan_ok=True
    )


def test_another_program_reads_the_results(tmp_path):
    """With h5py and json alone: the words of an answer and the columns of a table stand in the file as text."""
    written().write_h5ad(tmp_path / "a.h5ad")
    code = (
        "import h5py, json, sys\n"
        "kept = h5py.File(sys.argv[1])['uns/rashomon/results/rashomon']\n"
        "table = json.loads(kept['table_answers_json'][()])\n"
        "names = [name for name, _ in table['columns']]\n"
        "print(table['data'][names.index('verdict')][names.index('question')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "a.h5ad"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == next(iter(planted_audit().answers.values())).verdict
