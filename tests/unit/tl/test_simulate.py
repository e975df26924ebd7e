import sys
from types import SimpleNamespace

import anndata as ad
import numpy as np
import pytest
import scipy.sparse as sp

from rashomon import tl
from rashomon.core import InputError, StoreError, UsageError, silent
from rashomon.sim import World
from rashomon.sim.catalogue import WORLDS
from rashomon.sim.spec.file import read_world, write_world


def test_a_world_of_the_catalogue_becomes_a_file(tmp_path):
    """The lines say how many cells, genes and zeros, which truths, where the file is, and what to do next."""
    path = tmp_path / "a.h5ad"
    lines = tl.simulate_file("batch_confounded", out=path, n_obs=120, listener=silent, rng=3)
    found = ad.read_h5ad(path)
    zeros = 100 * np.mean(found.X.toarray() == 0)
    assert lines == [
        "batch_confounded: simulated, not measured",
        f"cells:  120 x {found.n_vars:,} genes, {zeros:.1f} % zeros",
        "truths: type (mechanism), batch (technical), depth_class (technical), bayes_type (mechanism)",
        *[line for line in lines if line.startswith("ceiling: ")],
        f"file:   {path}",
        f"next:   rashomon audit {path} --batch batch -o {tmp_path / 'a_audit'}",
    ]
    direct = WORLDS["batch_confounded"].world.sample(120, rng=3)
    assert (direct.counts != found.X).nnz == 0


def test_knobs_and_interventions_are_applied(tmp_path):
    """--set makes another world, --do intervenes on it; both as if written in code."""
    lines = tl.simulate_file(
        "batches", out=tmp_path / "a.h5ad", n_obs=50, set_to=["n_genes=40"], do=["batch_effect=0"], listener=silent
    )
    world = World("batches", {**WORLDS["batches"].world.given, "n_genes": 40}).do(batch_effect=0)
    found = ad.read_h5ad(tmp_path / "a.h5ad")
    assert found.uns["rashomon"]["world"]["digest"] == world.digest
    assert " x 40 genes" in lines[1]
    node = tl.simulate_file("batches", out=tmp_path / "b.h5ad", n_obs=50, do=["batch=batch_1"], listener=silent)
    assert "batch" not in node[2]
    assert set(ad.read_h5ad(tmp_path / "b.h5ad").obs["batch"]) == {"batch_1"}


def test_a_world_of_a_file_is_drawn(tmp_path):
    """With the number of cells that the file states."""
    write_world(World("mine", {"n_genes": 30, "depth": 50.0}, n_obs=25), tmp_path / "mine.yaml")
    lines = tl.simulate_file(str(tmp_path / "mine.yaml"), out=tmp_path / "a.zarr", listener=silent)
    assert lines[0] == "mine: simulated, not measured"
    assert ad.read_zarr(tmp_path / "a.zarr").shape == (25, 30)


@pytest.mark.parametrize(
    ("arguments", "what", "fix"),
    [
        ({"world": "batchez"}, "there is no world 'batchez'", "did you mean 'batches'?"),
        ({"set_to": ["n_group=3"]}, "there is no knob or node 'n_group'", "did you mean 'n_groups'?"),
        ({"set_to": ["batch=batch_1"]}, "batch is a node, not a knob", "set a node with --do"),
        ({"set_to": ["batch_effect=no"]}, "batch_effect is 'no'", ""),
        ({"do": ["count=0"]}, "count cannot be set", ""),
        ({"out": "a.csv"}, "unknown suffix '.csv'", "known: "),
    ],
)
def test_what_is_wrong_is_refused_with_the_nearest_name(arguments, what, fix, tmp_path):
    """And nothing is written."""
    given = {"world": "batches", "out": "a.h5ad", "listener": silent} | arguments
    with pytest.raises(UsageError) as caught:
        tl.simulate_file(given.pop("world"), **given | {"out": tmp_path / given["out"]})
    assert what in caught.value.what
    assert caught.value.fix.startswith(fix)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def counts(tmp_path):
    """Counts of two types in a file."""
    path = tmp_path / "real.h5ad"
    world = World("two", {"n_groups": 2, "n_genes": 80, "n_markers": 10, "effect_size": 2.0, "n_batches": 2})
    world.sample(150, rng=1).to_anndata().write_h5ad(path)
    return path


@pytest.fixture
def asked(monkeypatch):
    """A stand-in for the fit, which has tests of its own: it notes how it was called."""
    calls = []

    def fit(dataset, labels=None, **options):
        calls.append((dataset, labels, options))
        genes = tuple(map(str, dataset.expression.var_names))
        tables = {"gene_mean": np.log(np.full(len(genes), 1 / len(genes)))}
        return World("twin", {"depth": 100.0}, n_obs=len(dataset.obs), fitted=tables, labels={"gene": genes})

    monkeypatch.setitem(sys.modules, "rashomon.sim.twin", SimpleNamespace(fit=fit))
    return calls


def test_a_twin_is_fitted_to_what_the_door_read(counts, asked, tmp_path):
    """Labels, batches and seed are passed on; the look-alike has as many cells and the same genes."""
    before = counts.read_bytes()
    lines = tl.twin_file(
        counts, out=tmp_path / "twin.h5ad", labels="type", batch_key="batch", null=True, rng=4, listener=silent
    )
    ((dataset, labels, options),) = asked
    assert (dataset.expression.kind, labels, dataset.roles.batch.name) == ("counts", "type", "batch")
    assert (options["null"], options["rng"]) == (True, 4)
    found = ad.read_h5ad(tmp_path / "twin.h5ad")
    assert list(found.var_names) == [f"gene_{j + 1}" for j in range(80)]
    assert found.n_obs == 150
    assert lines[0] == "twin: simulated, not measured"
    assert counts.read_bytes() == before


def test_a_twin_can_be_kept_and_drawn_again(counts, asked, tmp_path):
    """World and tables in two files; drawn from these with the same seed, the cells are the same."""
    lines = tl.twin_file(
        counts, out=tmp_path / "a.h5ad", world=tmp_path / "w.yaml", set_to=["depth=50"], n_obs=40, listener=silent
    )
    assert lines[-1] == f"world:  {tmp_path / 'w.yaml'}, {tmp_path / 'w.parquet'}"
    assert read_world(tmp_path / "w.yaml").knobs["depth"] == 50
    tl.simulate_file(str(tmp_path / "w.yaml"), out=tmp_path / "b.h5ad", n_obs=40, listener=silent)
    first, second = (ad.read_h5ad(tmp_path / name).X for name in ("a.h5ad", "b.h5ad"))
    assert (first != second).nnz == 0


def test_the_input_is_never_the_output(counts, asked, tmp_path):
    """Refused before the fit; so are a wrong knob, a wrong name for the world, and a file without counts."""
    with pytest.raises(StoreError, match="is the file that was read"):
        tl.twin_file(counts, out=counts)
    with pytest.raises(UsageError, match="n_group"):
        tl.twin_file(counts, out=tmp_path / "a.h5ad", set_to=["n_group=3"])
    with pytest.raises(UsageError, match=r"the world file is named 'w\.json'"):
        tl.twin_file(counts, out=tmp_path / "a.h5ad", world=tmp_path / "w.json")
    normal = ad.read_h5ad(counts)
    normal.X = sp.csr_matrix(np.log1p(normal.X.toarray()))
    normal.write_h5ad(tmp_path / "normal.h5ad")
    with pytest.raises(InputError, match="count"):
        tl.twin_file(tmp_path / "normal.h5ad", out=tmp_path / "a.h5ad")
    assert asked == []
    assert not (tmp_path / "a.h5ad").exists()


RECEPTORS = World(
    "motifs",
    {"n_donors": 3, "n_epitopes": 2, "binder_share": 0.6, "hla_restriction": 0.0, "selection": "none",
     "loci": "TRA+TRB"},
    parts=("receptors",), n_obs=60,
)  # fmt: skip


@pytest.mark.parametrize(("name", "flags"), [("a.tsv", ""), ("a.h5ad", " --receptors")])
@pytest.mark.filterwarnings("ignore:.*awkward.*")
def test_a_world_of_receptors_becomes_a_table_or_a_file(name, flags, tmp_path):
    """The lines name its truths and the audit to run next; nothing is said of genes."""
    write_world(RECEPTORS, tmp_path / "mine.yaml")
    path = tmp_path / name
    lines = tl.simulate_file(str(tmp_path / "mine.yaml"), out=path, rng=2, listener=silent)
    assert lines[:2] == ["motifs: simulated, not measured", "cells:  60"]
    assert lines[-3:] == [
        "truths: donor (technical), epitope (mechanism), motif (mechanism), lineage (mechanism)",
        f"file:   {path}",
        f"next:   rashomon audit {path} --donor donor --truth epitope --truth motif{flags} -o {tmp_path / 'a_audit'}",
    ]
    dataset = tl.receptor_dataset(path)
    assert dataset.world.digest == RECEPTORS.digest
    direct = RECEPTORS.sample(rng=2).receptors
    np.testing.assert_array_equal(dataset.receptors.junction, direct.junction)


def test_a_world_of_expression_is_no_table(tmp_path):
    """It is refused before it is drawn, with the suffixes that hold it."""
    with pytest.raises(UsageError, match="an AIRR table holds receptors, and the world generates expression"):
        tl.simulate_file("batches", out=tmp_path / "a.tsv", n_obs=50, listener=silent)
    assert list(tmp_path.iterdir()) == []
