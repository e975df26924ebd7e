import anndata as ad
import mudata
import numpy as np
import pandas as pd
import pytest

from rashomon import io
from rashomon.core import StoreError, UsageError
from rashomon.sim import World, write
from rashomon.sim.write import write_sample
from tests.busy_receptor_world import GENES, PAIRED, busy

READ = {".h5ad": ad.read_h5ad, ".zarr": ad.read_zarr}
KNOBS = {"n_groups": 3, "n_genes": 60, "n_markers": 5, "effect_size": 2.0, "n_batches": 2, "batch_effect": 0.5}
WORLD = World("three types", {**KNOBS, "n_donors": 3, "depth": 200.0, "depth_sd": 0.3}, n_obs=70)


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr", ".h5mu"])
def test_the_file_holds_what_sample_draws(suffix, tmp_path):
    """Counts, tables, truths and facts equal those of the AnnData in memory with the same seed, in every format."""
    path = tmp_path / f"a{suffix}"
    written = write_sample(WORLD, path, rng=5)
    simulated = WORLD.sample(rng=5)
    wanted = simulated.to_anndata()
    with mudata.set_options(pull_on_update=False):
        found = READ[suffix](path) if suffix in READ else mudata.read_h5mu(path)["gex"]
    assert (found.X != wanted.X).nnz == 0
    pd.testing.assert_frame_equal(found.obs, wanted.obs)
    pd.testing.assert_frame_equal(found.var, wanted.var)
    assert found.uns["rashomon"] == wanted.uns["rashomon"]
    assert (written.n_obs, written.n_vars, written.n_nonzero) == (70, 60, simulated.counts.nnz)
    assert written.zero_frac == pytest.approx(np.mean(simulated.counts.toarray() == 0))
    assert (written.path, dict(written.truths)) == (path, dict(simulated.declared))


def test_the_door_takes_the_file_as_simulated_counts(tmp_path):
    """Counts, every truth with its kind, and the mark of the world."""
    write_sample(WORLD, tmp_path / "a.h5ad", n_obs=50, rng=1)
    dataset = io.read(tmp_path / "a.h5ad")
    assert dataset.expression.kind == "counts"
    assert {name: truth.kind for name, truth in dataset.truths.items()} == {
        "type": "mechanism",
        "donor": "technical",
        "batch": "technical",
        "depth_class": "technical",
    }
    assert (dataset.world.name, dataset.world.digest, dataset.world.seed) == ("three types", WORLD.digest, "1")


def test_the_table_does_not_depend_on_its_parts(tmp_path, monkeypatch):
    """Cells are described part by part, so that a million of them fit; the parts leave no trace."""
    write_sample(WORLD, tmp_path / "a.h5ad", rng=1)
    monkeypatch.setattr(write, "_CELLS", 13)
    write_sample(WORLD, tmp_path / "b.h5ad", rng=1)
    first, second = (ad.read_h5ad(tmp_path / name) for name in ("a.h5ad", "b.h5ad"))
    pd.testing.assert_frame_equal(first.obs, second.obs)
    assert first.n_obs == 70


def test_the_oracle_joins_the_file(tmp_path):
    """Bayes labels, posteriors and ceilings are in the file, and the door reads the ceilings back."""
    written = write_sample(WORLD, tmp_path / "a.h5ad", rng=1, oracle=True)
    found = ad.read_h5ad(tmp_path / "a.h5ad")
    assert written.truths["bayes_type"] == "mechanism:expression"
    assert found.obsm["bayes_type"].shape == (found.n_obs, found.obs["type"].cat.categories.size)
    assert {ceiling.truth for ceiling in io.world_facts(found.uns).ceilings} == {"type"}
    assert (found.X != write_and_read(WORLD, tmp_path / "b.h5ad").X).nnz == 0


def write_and_read(world, path):
    """The same cells without an oracle."""
    write_sample(world, path, rng=1)
    return ad.read_h5ad(path)


def test_a_column_of_one_class_is_no_truth(tmp_path):
    """After an intervention all cells are of one batch: the column stays, and no audit is asked to compare with it."""
    written = write_sample(WORLD.do(batch="batch_1"), tmp_path / "a.h5ad", rng=1)
    found = ad.read_h5ad(tmp_path / "a.h5ad")
    assert set(found.obs["batch"]) == {"batch_1"}
    assert "batch" not in written.truths
    assert set(io.read(tmp_path / "a.h5ad").truths) == set(written.truths)


def test_progress_is_told(tmp_path):
    """The last event says that all cells are written."""
    told = []
    write_sample(WORLD, tmp_path / "a.h5ad", rng=1, listener=told.append)
    assert (told[-1].task, told[-1].done, told[-1].total) == ("cells written", 70, 70)


def test_targets_are_refused_before_anything_is_drawn(tmp_path):
    """The input of a twin, a folder, an unknown suffix; too few cells. Nothing is left behind."""
    kept = tmp_path / "input.h5ad"
    kept.write_text("mine")
    with pytest.raises(StoreError, match=r"input\.h5ad is the file that was read"):
        write_sample(WORLD, kept, protect=kept, rng=1)
    assert kept.read_text() == "mine"
    with pytest.raises(StoreError, match="is an existing folder"):
        write_sample(WORLD, tmp_path, rng=1)
    with pytest.raises(UsageError, match=r"unknown suffix '\.csv'"):
        write_sample(WORLD, tmp_path / "a.csv", rng=1)
    with pytest.raises(UsageError, match="2 cells cannot show 3 types"):
        write_sample(WORLD, tmp_path / "a.h5ad", n_obs=2, rng=1)
    assert [path.name for path in tmp_path.iterdir()] == ["input.h5ad"]


# receptors


@pytest.mark.filterwarnings("ignore:.*awkward.*")
@pytest.mark.parametrize("suffix", [".tsv", ".h5ad", ".h5mu"])
def test_receptors_survive_files(suffix, tmp_path):
    """Every chain, every column and the mark come back through the door, in every format."""
    world, path = busy(), tmp_path / f"a{suffix}"
    written, drawn = write_sample(world, path, n_obs=50, rng=3), busy().sample(50, rng=3)
    if suffix == ".tsv":
        dataset = io.read_receptors(path, truths=["epitope", "motif"], donor_key="donor")
    else:
        dataset = io.receptors_of_cells(io.read_cells(path))
    for name in ("junction", "junction_aa", "locus", "obs"):
        np.testing.assert_array_equal(getattr(dataset.receptors, name), getattr(drawn.receptors, name))
    assert dataset.receptors.v.texts.tolist() == drawn.receptors.v.texts.tolist()
    assert dataset.receptors.species == "human"
    seen, planted = (table["epitope"].astype(object).fillna("").tolist() for table in (dataset.obs, drawn.obs))
    assert seen == planted
    assert (dataset.world.name, dataset.world.digest, dataset.world.seed) == ("busy", world.digest, "3")
    assert "simulated_world" not in dataset.obs
    assert (written.n_obs, written.n_vars, written.zero_frac) == (50, 0, 1.0)
    assert {"epitope", "motif", "donor"} <= set(written.truths)


def test_a_table_keeps_its_mark_when_it_is_written_again(tmp_path):
    """Read, and written as a table by someone else, receptors are as simulated as before."""
    write_sample(busy(), tmp_path / "a.tsv", n_obs=30, rng=1)
    io.write_airr(io.read_receptors(tmp_path / "a.tsv"), tmp_path / "b.tsv")
    again = io.read_receptors(tmp_path / "b.tsv")
    assert (again.world.name, again.world.digest) == ("busy", busy().digest)
    text = (tmp_path / "b.tsv").read_text(encoding="utf-8").splitlines()
    assert text[0].split("\t").count("simulated_world") == 1


@pytest.mark.parametrize("name", ["x" * 500, "ä" * 400, 'tab\tquote"line\nend'])
def test_no_name_of_a_world_hides_the_mark(name, tmp_path):
    """However long or odd it is."""
    world = World(name, {"selection": "none"}, parts=("receptors",))
    write_sample(world, tmp_path / "a.tsv", n_obs=20, rng=1)
    found = io.read_receptors(tmp_path / "a.tsv").world
    assert (found.name, found.digest) == (name, world.digest)


def test_a_world_with_an_endless_name_is_marked(tmp_path):
    """The name is left out, the mark and the digest are not."""
    world = World("x" * 50_000, {"selection": "none"}, parts=("receptors",))
    write_sample(world, tmp_path / "a.tsv", n_obs=20, rng=1)
    assert io.read_receptors(tmp_path / "a.tsv").world.digest == world.digest


def test_rows_of_several_worlds_are_simulated_too(tmp_path):
    """Two tables put together lose the name and the digest, not the mark."""
    for seed, name in ((1, "a.tsv"), (2, "b.tsv")):
        write_sample(busy(), tmp_path / name, n_obs=20, rng=seed)
    tables = [pd.read_csv(tmp_path / name, sep="\t", dtype=str) for name in ("a.tsv", "b.tsv")]
    for number, table in enumerate(tables):
        table["cell_id"] = table["cell_id"] + f"_{number}"
    pd.concat(tables).to_csv(tmp_path / "c.tsv", sep="\t", index=False)
    found = io.read_receptors(tmp_path / "c.tsv")
    assert (found.world.name, found.world.digest) == ("several worlds", "")
    assert "simulated, not measured" in found.rows.notes[0]


@pytest.mark.filterwarnings("ignore:.*awkward.*")
@pytest.mark.parametrize("suffix", [".h5ad", ".h5mu"])
def test_paired_worlds_are_read_as_either(suffix, tmp_path):
    """The same file is counts with truths for one reader, and receptors with truths for another."""
    world, path = busy(parts=PAIRED, **GENES), tmp_path / f"a{suffix}"
    written, drawn = write_sample(world, path, n_obs=50, rng=3), world.sample(50, rng=3)
    expression, receptors = io.read(path), io.receptors_of_cells(io.read_cells(path))
    np.testing.assert_array_equal(expression.expression.x.toarray(), drawn.counts.toarray())
    np.testing.assert_array_equal(receptors.receptors.junction, drawn.receptors.junction)
    assert set(expression.truths) == set(receptors.truths) == set(written.truths)
    assert expression.world.digest == receptors.world.digest == world.digest
    assert written.n_nonzero == drawn.counts.nnz


@pytest.mark.filterwarnings("ignore:.*awkward.*")
def test_the_oracle_of_a_paired_world_joins_the_file(tmp_path):
    """As in worlds of expression; in a world of receptors it has nothing to say."""
    world = World("paired", {**KNOBS, "depth": 200.0, "selection": "none", "receptor_gene_depth": 1.0}, parts=PAIRED)
    written = write_sample(world, tmp_path / "a.h5ad", n_obs=40, rng=1, oracle=True)
    assert written.truths["bayes_type"] == "mechanism:expression"
    plain = write_sample(busy(), tmp_path / "b.tsv", n_obs=40, rng=1, oracle=True)
    assert not any(name.startswith("bayes") for name in plain.truths)


def test_a_table_holds_receptors_only(tmp_path):
    """Other worlds are refused before anything is drawn; a world of receptors is no .csv."""
    for world, said in ((WORLD, "expression"), (busy(parts=PAIRED, n_genes=5), "expression and receptors")):
        with pytest.raises(UsageError, match="an AIRR table holds receptors") as caught:
            write_sample(world, tmp_path / "a.tsv", n_obs=40, rng=1)
        assert caught.value.what.endswith(f"the world generates {said}")
        assert caught.value.expected == "a name that ends in .h5ad, .zarr or .h5mu"
    with pytest.raises(UsageError, match=r"unknown suffix '\.csv'"):
        write_sample(busy(), tmp_path / "a.csv", n_obs=40, rng=1)
    assert list(tmp_path.iterdir()) == []
