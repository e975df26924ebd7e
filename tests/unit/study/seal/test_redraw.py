"""Drawing again: the world of a mark, its cells by name, and what was changed since."""

from dataclasses import replace

import pytest

from rashomon.sim.catalogue import WORLDS
from rashomon.sim.world import World
from rashomon.study.seal import redraw as module
from rashomon.study.seal.redraw import redraw, world_of

WORLD = World("two groups", {"n_groups": 2, "n_genes": 40, "n_markers": 10, "effect_size": 2.0})


@pytest.fixture
def adata():
    """Thirty cells of the world."""
    return WORLD.sample(30, rng=4).to_anndata()


def _facts(world):
    return world.sample(12, rng=4).dataset.world


@pytest.mark.parametrize("name", ["batches", "nested_donors", "motifs", "clone_against_state"])
def test_a_mark_says_which_world_it_is(name):
    """Worlds of the catalogue are made again from their marks, with the same digest."""
    world = WORLDS[name].world
    made = world_of(_facts(world))
    assert (made.digest, made.parts) == (world.digest, world.parts)


def test_interventions_are_part_of_it():
    """Knobs that were turned and nodes that were set come back."""
    world = World("batches", {"n_batches": 2, "n_genes": 30, "n_markers": 5}).do(batch="batch_2", batch_effect=0.5)
    assert world_of(_facts(world)).digest == world.digest


def test_half_a_mark_makes_no_world():
    """Fitted tables are not in a mark; a digest that does not fit its knobs is none of that world."""
    facts = _facts(WORLD)
    assert world_of(replace(facts, call={**facts.call, "fitted": ["gene_mean"]})) is None
    assert world_of(replace(facts, digest="0" * 64)) is None
    assert world_of(replace(facts, call={})) is None
    assert world_of(replace(facts, call={"knobs": {"n_genes": -3}})) is None


def test_parts_in_any_order_are_the_same(adata):
    """Cells and genes left out or reordered are compared by name."""
    part = adata[[7, 3, 20]][:, list(range(39, 0, -2))].copy()
    assert redraw(WORLD, "4", adata) == (
        "yes",
        "all 30 were drawn again, and X is the same in every count and every declared label",
    )
    assert redraw(WORLD, "4", part).fits == "yes"


def test_counts_in_a_layer_count(adata):
    """A normalised X beside the counts is no change of the counts."""
    adata.layers["counts"] = adata.X.copy()
    adata.X = adata.X.log1p()
    assert redraw(WORLD, "4", adata).said.endswith(
        "layers['counts'] is the same in every count and every declared label"
    )


def test_a_changed_count_is_found(adata):
    """One value, another seed, genes of nobody."""
    adata.X.data[5] += 1
    assert redraw(WORLD, "4", adata) == (
        "no",
        "1 values of X are not those that the world draws (changed, or other versions)",
    )
    assert redraw(WORLD, "5", adata).fits == "no"
    adata.var_names = [f"ENSG{i}" for i in range(40)]
    assert redraw(WORLD, "4", adata) == ("no", "40 genes are not of this world")


def test_a_changed_label_is_found(adata):
    """A truth that was edited is not the truth of the world; a column that was dropped is not missed."""
    adata.obs["type"] = adata.obs["type"].cat.rename_categories({"type_1": "T", "type_2": "B"})
    assert redraw(WORLD, "4", adata).said.startswith("30 labels of obs['type']")
    del adata.obs["type"]
    assert redraw(WORLD, "4", adata) == ("yes", "all 30 were drawn again, and X is the same in every count")


def test_a_table_names_a_world_of_the_catalogue():
    """Where the mark holds only name and digest, the catalogue knows the rest, or nobody does."""
    facts = replace(_facts(WORLDS["motifs"].world), call={})
    assert world_of(facts).digest == facts.digest
    assert world_of(replace(facts, digest="0" * 64)) is None
    assert world_of(replace(facts, name="somebody's")) is None


def test_what_cannot_be_compared_is_not_known(adata, monkeypatch):
    """Cells with other names, no seed, cells beyond those that are drawn, no matrix."""
    monkeypatch.setattr(module, "MOST_CELLS", 10)
    assert redraw(WORLD, "4", adata[20:].copy()).fits == "not known"
    assert redraw(WORLD, "4", adata).said.startswith("of the first 10 cells all 10")
    assert redraw(WORLD, "", adata).fits == "not known"
    bare = adata[:5].copy()
    bare.X = None
    assert redraw(WORLD, "4", bare).said == "there are no counts in the file"
    adata.obs_names = [f"AAAC-{i}" for i in range(30)]
    assert redraw(WORLD, "4", adata).fits == "not known"
