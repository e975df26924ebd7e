import re

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif import FEASIBILITY_COLUMNS
from rashomon.sim.planting import motif_feasibility, planting_shift
from rashomon.sim.repertoire.epitope import motifs_of
from rashomon.sim.world import World

KNOBS = {
    "n_epitopes": 2, "binder_share": 0.6, "n_donors": 3, "n_clones": 900, "loci": "TRA+TRB", "selection": "none",
    "epitope_preset": "public motif", "hla_restriction": 0.0,
}  # fmt: skip
WORLD = World("two epitopes", KNOBS, parts=("receptors",), n_obs=900)


def test_every_motif_has_a_verdict():
    """One row per motif of each chain, with the donors of the world that respond."""
    table = motif_feasibility(WORLD, n_background=3000, rng=3)
    assert list(table.columns) == list(FEASIBILITY_COLUMNS)
    assert table.groupby(["epitope", "arm"]).size().to_dict() == {
        (f"epitope_{e}", arm): 2 for e in (1, 2) for arm in ("alpha", "beta")
    }
    responder = WORLD.scene(900, root=3)["responder"]
    assert set(table["carriers"]) == set(responder.sum(axis=0).tolist())


def test_what_is_foretold_is_planted():
    """Expected planted clones of a responding donor are those that the world has, within four standard deviations."""
    table = motif_feasibility(WORLD, n_background=3000, rng=3)
    scene = WORLD.scene(900, root=3)
    cells = scene.cells(np.arange(900))
    obs = WORLD.sample(rng=3).obs
    responds = np.asarray(scene["responder"], dtype=bool)[cells["clone_donor"][cells["clone"]]].any(axis=1)
    planted = obs[responds].drop_duplicates("clone")["motif"].notna().sum()
    donors = np.asarray(scene["responder"], dtype=bool).any(axis=1).sum()
    # a clone may carry a motif in each chain, so clones are between the sum of a chain and that of both; the world
    # shows the clones that were drawn
    expected = table[table["arm"] == "beta"]["planted"].sum() * donors
    shown = obs["clone"].nunique() / 900
    assert abs(planted - expected * shown) < 4 * np.sqrt(expected) + 0.15 * expected


def test_planting_lowers_the_probability_of_generation():
    """Only receptors that carry a motif change; planted residues are rarer than those they replace."""
    shift = planting_shift(World("one", {**KNOBS, "loci": "TRA"}, parts=("receptors",), n_obs=400), n=25, rng=3)
    assert list(shift) == ["alpha"]
    assert 0 < shift["alpha"].rows.size <= 25
    assert shift["alpha"].median < 0


def test_a_matrix_has_a_verdict_and_a_shift():
    """Its rate is that of a count among receptors without signal; carriers are as many as foretold; Pgen changes."""
    text = "TRAJ42 pwm:[S.8T.2]Y[G.5A.5]"
    knobs = {**KNOBS, "n_epitopes": 1, "loci": "TRA", "alpha_motifs": [text], "n_clones": 0, "n_donors": 1}
    world = World("matrix", knobs, parts=("receptors",), n_obs=900)
    ((_, row),) = motif_feasibility(world, n_background=4000, rng=3).iterrows()
    plain = World("plain", {"loci": "TRA", "selection": "none"}, parts=("receptors",)).sample(4000, rng=3).receptors
    j = np.array([text.partition("*")[0] for text in plain.j.texts])
    carries = [bool(re.search(b"[ST]Y[GA]", word[3:-3])) for word in plain.junction_aa]
    assert row["n_found"] == (np.array(carries) & (j == "TRAJ42")).sum()
    planted = world.sample(rng=3).obs["motif"].notna().sum()
    assert row["room"] > 0.99
    assert abs(planted - row["planted"]) < 4 * np.sqrt(row["planted"])
    assert planting_shift(world, n=12, rng=3)["alpha"].rows.size == 12


def test_a_pair_of_epitopes_is_foretold():
    """Halves that epitopes share are planted in the binders of each, and carried by as many of the others."""
    knobs = {**KNOBS, "epitope_preset": "pair only", "n_clones": 0, "n_donors": 1}
    world = World("pairs", knobs, parts=("receptors",), n_obs=4000)
    table = motif_feasibility(world, n_background=3000, rng=3)
    cells = world.scene(4000, root=3).cells(np.arange(4000))
    names = np.array([each.name for each in motifs_of(cells)] + [""])[cells["clone_motif"]]
    for number, epitope in enumerate(("epitope_1", "epitope_2")):
        mine = cells["clone_epitope"] == number
        halves = table[(table["epitope"] == epitope) & (table["arm"] == "alpha")].set_index("motif")
        assert len(halves) == 2
        for motif, row in halves.iterrows():
            for expected, seen in ((row["planted"], mine), (row["decoys"], ~mine)):
                assert abs((seen & (names[:, 0] == motif)).sum() - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize(
    ("world", "what"),
    [
        (World("cells"), "the world generates expression"),
        (World("plain", parts=("receptors",)), "no signal is planted"),
    ],
)
def test_worlds_without_signal_are_refused(world, what):
    """Nothing is foretold of what is not planted."""
    with pytest.raises(UsageError, match=what):
        motif_feasibility(world)
