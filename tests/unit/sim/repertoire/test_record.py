"""What is written down of receptors."""

import numpy as np
import pandas as pd

from rashomon.dataset import unique_receptors
from rashomon.sim import World
from rashomon.sim.repertoire.record import receptor_columns
from tests.busy_receptor_world import busy, scene_of


def columns(world):
    return {name: (pd.Series(values), kind) for name, values, kind in receptor_columns(scene_of(world))}


def test_a_plain_world_has_a_lineage_only():
    """Columns appear with the mechanism that they tell of."""
    assert list(columns(World("plain", {"selection": "none"}, parts=("receptors",)))) == ["lineage"]


def test_every_column_says_what_its_node_is():
    """Classes are those of the clone of a cell; status that of its donor."""
    scene, found = scene_of(busy()), columns(busy())
    assert {name: kind for name, (_, kind) in found.items()} == {
        "clone": "mechanism", "epitope": "mechanism", "motif": "mechanism", "orphan": None, "hla": "mechanism",
        "epitope_label": "annotation", "lineage": "mechanism", "invariant": "mechanism", "planted_public": None,
        "status": "mechanism",
    }  # fmt: skip
    of = scene["clone"]
    for column, node in (("epitope", "clone_epitope"), ("epitope_label", "clone_label"), ("lineage", "clone_lineage"),
                         ("invariant", "clone_invariant")):  # fmt: skip
        np.testing.assert_array_equal(found[column][0].cat.codes, scene[node][of])
    np.testing.assert_array_equal(found["status"][0].cat.codes, scene["status"][scene["donor"]])
    assert found["clone"][0].tolist() == [f"clone_{each + 1}" for each in of]
    alleles = [scene["epitope_signal"][seen].hla if seen >= 0 else "" for seen in scene["clone_epitope"][of]]
    assert found["hla"][0].astype(object).fillna("").tolist() == alleles


def test_motifs_are_those_that_are_there():
    """Both motifs of a cell make one class; a binder with none in its chains is an orphan; others are neither."""
    scene, found = scene_of(busy()), columns(busy())
    motif, orphan = found["motif"][0], found["orphan"][0].to_numpy()
    there = (scene["vdj"]["start"] >= 0) | (scene["vj"]["start"] >= 0)
    np.testing.assert_array_equal(motif.notna(), there)
    np.testing.assert_array_equal(orphan, (scene["clone_epitope"][scene["clone"]] >= 0) & ~there)
    both = (scene["vdj"]["start"] >= 0) & (scene["vj"]["start"] >= 0)
    assert both.any()
    assert all("+" in text for text in motif[both])
    assert orphan.any()


def test_a_cross_reactive_clone_shows_both_epitopes():
    """Its cells are labelled with one of two epitopes each; made unique, its receptor has both labels."""
    knobs = {"n_epitopes": 3, "binder_share": 1.0, "cross_reactive": 1.0, "hla_restriction": 0.0, "n_clones": 20,
             "selection": "none"}  # fmt: skip
    drawn = World("cross", knobs, parts=("receptors",)).sample(400, rng=2)
    per_clone = drawn.obs.groupby("clone", observed=True)["epitope"].nunique()
    assert set(per_clone[drawn.obs["clone"].value_counts()[per_clone.index] > 12]) == {2}
    unique, _ = unique_receptors(drawn.dataset)
    assert (np.diff(unique.truths["epitope"].label_sets.indptr) == 2).mean() > 0.8
