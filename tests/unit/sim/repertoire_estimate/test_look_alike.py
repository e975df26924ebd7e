"""Twins of tables of receptors."""

import numpy as np
import pytest

from rashomon.io import receptors_from_frame
from rashomon.sim import fit
from rashomon.sim.repertoire.clone import clone_copies
from rashomon.sim.repertoire_estimate import residue_law
from rashomon.sim.spec import read_world, write_world
from tests.made_receptor_table import frame, table


@pytest.fixture(scope="module", autouse=True)
def small():
    """Fewer generated chains than in a real fit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(residue_law, "_POOL", 4000)
        patch.setattr(residue_law, "_PILOT", 1000)
        patch.setattr(residue_law, "_FEWEST_PILOT", 20)
        patch.setattr("rashomon.sim.repertoire_estimate.fitted._BACKGROUND", 500)
        patch.setattr("rashomon.sim.repertoire_estimate.fitted._ROUNDS", 1)
        yield


@pytest.fixture(scope="module")
def twin():
    """The twin of the table."""
    return fit(table(), "epitope", rng=1)


def test_the_door_of_twins_takes_receptors(twin):
    """The world generates receptors only, as many as were fitted, with the names of the data."""
    assert twin.parts == ("receptors",)
    assert (twin.names["epitope"], twin.names["donor"]) == (("cmv", "flu"), ("ann", "bob"))
    v = twin.scene(400, root=2).cells(np.arange(400))
    assert (v["clone_epitope"] < 2).all()


def test_a_twin_is_written_and_read(twin, tmp_path):
    """The same world comes back: its digest, and so all that it draws."""
    write_world(twin, tmp_path / "twin.yaml")
    assert read_world(tmp_path / "twin.yaml").digest == twin.digest


def test_donors_can_be_planted_where_the_data_have_one():
    """All are like the one of the data, and have chains and clones."""
    one = receptors_from_frame(frame().drop(columns="person"), truths=["epitope"], species="human")
    scene = fit(one, "epitope", rng=1).do(n_donors=3).scene(200, root=1).cells(np.arange(200))
    assert np.bincount(scene["clone_donor"]).size == 3
    assert (clone_copies(scene) >= 1).all()
    assert scene["vdj"].size == 200


def test_label_strength_decides_who_is_in_a_family(twin):
    """At 0 no labelled receptor is; all others keep their chains to the last bit; at 2 more are, and none fewer."""
    scenes = {k: twin.do(label_strength=k).scene(300, root=3).cells(np.arange(300)) for k in (0.0, 1.0, 2.0)}
    members = {k: scene["clone_family"][:, 1] >= 0 for k, scene in scenes.items()}
    labelled = scenes[1.0]["clone_epitope"] >= 0
    assert not members[0.0][labelled].any()
    assert members[1.0][labelled].sum() < members[2.0][labelled].sum()
    assert (members[2.0] >= members[1.0]).all()
    same = ~members[1.0] | ~labelled
    for name in ("v", "junction"):
        np.testing.assert_array_equal(scenes[0.0]["vdj"][name][same], scenes[1.0]["vdj"][name][same])


def test_any_label_can_be_planted_into_a_null():
    """The null has no epitopes; planted ones have motifs, and families are of others only."""
    null = fit(table(), "epitope", null=True, rng=1)
    assert null.names["epitope"] == ()
    world = null.do(n_epitopes=2, binder_share=0.5, hla_restriction=0.0)
    scene = world.scene(300, root=3).cells(np.arange(300))
    seen = scene["clone_epitope"] >= 0
    assert 0.3 < seen.mean() < 0.7
    assert (scene["clone_family"][seen] == -1).all()
    assert (scene["clone_family"][~seen, 1] >= 0).any()
    assert (scene["clone_motif"][seen, 1] >= 0).any()
    assert scene["vdj"].size == 300


def test_donors_keep_their_hla(tmp_path):
    """A twin of a table with HLA types has them, donor by donor, also after it was written and read."""
    made = frame()
    world = fit(table(HLA=np.where(made["person"] == "ann", "A2,B7", "A1,B8")), "epitope", rng=1)
    write_world(world, tmp_path / "twin.yaml")
    for each in (world, read_world(tmp_path / "twin.yaml")):
        drawn = each.sample(60, rng=2).obs
        assert dict(zip(drawn["donor"], drawn["donor_hla"], strict=True)) == {"ann": "A2,B7", "bob": "A1,B8"}


def test_what_presents_is_no_hla_of_a_donor():
    """A column that differs within donors is left out, and so it is said."""
    said = []
    varied = np.array(["A2", "A1", "A3"])[np.arange(len(frame())) % 3]
    world = fit(table(hla=varied), "epitope", rng=1, announce=said.append)
    assert "donor_hla" not in world.sample(20, rng=2).obs
    assert any("hla differs within 2 donors" in each for each in said)
