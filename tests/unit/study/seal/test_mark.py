"""The mark of simulated data: found after every export of ours, and after others have passed the data on."""

import anndata as ad
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rashomon import io
from rashomon.core import InputError
from rashomon.io.world import MARK
from rashomon.sim.part import EXPRESSION, RECEPTORS
from rashomon.sim.world import World
from rashomon.sim.write import write_sample
from rashomon.study.seal.mark import verify_file
from tests import planted, receptor_sample

CELLS = World("two groups", {"n_groups": 2, "n_genes": 40, "n_markers": 10, "effect_size": 2.0})
CHAINS = World("chains", {"n_groups": 2}, parts=(RECEPTORS,))
BOTH = World("both", {"n_groups": 2, "n_genes": 40, "n_markers": 10}, parts=(EXPRESSION, RECEPTORS))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """An AIRR table of simulated receptors."""
    path = tmp_path_factory.mktemp("airr") / "chains.tsv"
    write_sample(CHAINS, path, n_obs=20, rng=1)
    return path


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr", ".h5mu"])
def test_every_format_of_cells_is_recognised(tmp_path, suffix):
    """The mark names the world with its digest, and the counts are those that the world draws."""
    path = tmp_path / f"cells{suffix}"
    write_sample(CELLS, path, n_obs=25, rng=3)
    found = verify_file(path)
    assert (found.simulated, found.fits, found.facts.digest) == (True, "yes", CELLS.digest)
    assert found.lines()[0].startswith(f"cells{suffix}: simulated, not measured: world two groups (digest ")
    assert "25 were drawn again" in found.lines()[-1]


def test_both_modalities_are_recognised(tmp_path):
    """Cells with receptors keep the mark in MuData, whether with expression or without."""
    write_sample(BOTH, tmp_path / "both.h5mu", n_obs=20, rng=1)
    assert verify_file(tmp_path / "both.h5mu").fits == "yes"
    write_sample(CHAINS, tmp_path / "chains.h5mu", n_obs=20, rng=1)
    assert verify_file(tmp_path / "chains.h5mu").facts.digest == CHAINS.digest


def test_the_mark_survives_anndata(tmp_path):
    """Read, subset and written by anndata alone: still simulated, and what is left is still as it was drawn."""
    write_sample(CELLS, tmp_path / "cells.h5ad", n_obs=25, rng=3)
    part = ad.read_h5ad(tmp_path / "cells.h5ad")[5:17, 10:].copy()
    part.write_h5ad(tmp_path / "part.h5ad")
    assert verify_file(tmp_path / "part.h5ad").fits == "yes"
    part.X.data[0] += 1
    part.write_h5ad(tmp_path / "changed.h5ad")
    found = verify_file(tmp_path / "changed.h5ad")
    assert (found.simulated, found.fits, found.exit_code) == (True, "no", 5)


def test_a_mark_on_other_data_is_found(tmp_path):
    """Measured data that were given the mark of a world do not become its cells; nor does another digest fit."""
    adata = planted.adata()
    adata.uns = CELLS.sample(5, rng=1).to_anndata().uns
    adata.write_h5ad(tmp_path / "glued.h5ad")
    assert verify_file(tmp_path / "glued.h5ad").fits == "not known"
    adata.obs_names = [f"cell_{i}" for i in range(adata.n_obs)]
    adata.write_h5ad(tmp_path / "renamed.h5ad")
    assert verify_file(tmp_path / "renamed.h5ad").said.endswith("are not of this world")
    found = verify_file(tmp_path / "renamed.h5ad", world=CHAINS)
    assert (found.fits, found.said) == ("no", f"the world has the digest {CHAINS.digest[:12]}")


def test_measured_data_have_no_mark(tmp_path, rng):
    """No mark, and the line says how little that means."""
    io.write(planted.adata(), tmp_path / "cells.h5ad")
    io.write_airr(receptor_sample.planted(rng), tmp_path / "chains.tsv")
    for name in ("cells.h5ad", "chains.tsv"):
        found = verify_file(tmp_path / name)
        assert (found.simulated, found.exit_code) == (False, 0)
        assert found.lines() == [
            f"{name}: no mark of simulated data",
            "that says nothing of data from other tools",
        ]


def test_every_row_of_a_table_carries_the_mark(table):
    """An AIRR table says so in every row; with its world at hand the digest is compared."""
    found = verify_file(table, world=CHAINS)
    assert (found.simulated, found.fits, found.facts.digest) == (True, "yes", CHAINS.digest)
    assert "give the world" in verify_file(table).said
    assert found.n_marked == found.n_rows > 0
    assert found.exit_code == 0
    assert verify_file(table, world=CELLS).fits == "no"


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".csv.gz", ".parquet"])
def test_tables_that_others_wrote_keep_it(table, tmp_path, suffix):
    """Read by pandas, subset, written as CSV or parquet: the mark is in the rows that are left."""
    rows = pd.read_csv(table, sep="\t", dtype=str, keep_default_na=False).iloc[3:9]
    path = tmp_path / f"part{suffix}"
    if suffix == ".parquet":
        rows.to_parquet(path)
    else:
        rows.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",", quoting=3 if suffix == ".tsv" else 0)
    found = verify_file(path, world=CHAINS)
    assert (found.n_rows, found.n_marked, found.simulated) == (6, 6, True)
    assert found.fits == "yes"


def test_rows_from_elsewhere_are_found(table, tmp_path):
    """Simulated rows among measured ones: how many, and that they do not belong together."""
    rows = pd.read_csv(table, sep="\t", dtype=str, keep_default_na=False)
    rows.loc[rows.index[:4], MARK] = ""
    rows.to_csv(tmp_path / "mixed.csv", index=False)
    found = verify_file(tmp_path / "mixed.csv")
    assert (found.simulated, found.fits, found.n_rows - found.n_marked) == (True, "no", 4)


def test_parquet_may_carry_it_in_its_schema(table, tmp_path):
    """A table without the column says it in its metadata."""
    mark = pd.read_csv(table, sep="\t", dtype=str)[MARK].iloc[0]
    plain = pa.table({"x": [1, 2]})
    pq.write_table(plain, tmp_path / "plain.parquet")
    pq.write_table(plain.replace_schema_metadata({MARK: mark}), tmp_path / "marked.parquet")
    assert not verify_file(tmp_path / "plain.parquet").simulated
    assert verify_file(tmp_path / "marked.parquet").facts.name == "chains"


def test_a_fitted_world_needs_its_file(tmp_path):
    """A mark that does not describe all of its world says so, and the world can be given."""
    adata = CELLS.sample(10, rng=2).to_anndata()
    adata.uns["rashomon"]["world"].pop("call_json")
    adata.write_h5ad(tmp_path / "cells.h5ad")
    assert "give the world" in verify_file(tmp_path / "cells.h5ad").said
    assert verify_file(tmp_path / "cells.h5ad", world=CELLS).fits == "yes"


def test_what_cannot_be_read_is_refused(tmp_path):
    """Damaged tables are errors of the input."""
    (tmp_path / "a.parquet").write_bytes(b"nothing")
    (tmp_path / "a.csv.gz").write_bytes(b"nothing")
    for name in ("a.parquet", "a.csv.gz"):
        with pytest.raises(InputError, match="cannot be read"):
            verify_file(tmp_path / name)
