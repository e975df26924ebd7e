"""Carriers of motifs."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.motif.germline import ends_of
from rashomon.sim.repertoire import carrier
from rashomon.sim.repertoire.carrier import SPARED
from rashomon.sim.repertoire.chain_table import EVENT, events_of
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombine

KNOBS = {"loci": "TRA+TRB", "selection": "none", "n_epitopes": 2, "binder_share": 0.9, "hla_restriction": 0.0,
         "epitope_preset": "public motif"}  # fmt: skip
N = 1500


def cells(n=N, **changes):
    """Cells, their chains made now."""
    found = World("carriers", {**KNOBS, **changes}, parts=("receptors",)).scene(n, root=4).cells(np.arange(n))
    assert found["vdj"].size == found["vj"].size == n
    return found


def lacking(scene, arm, column):
    """Share of the carriers without their motif."""
    wanted = scene["clone_motif"][scene["clone"], column] >= 0
    return (scene[arm]["start"][wanted] < 0).mean()


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_all_carriers_find_room(species, monkeypatch):
    """Of one chain each, one alpha in twenty or more has none; of ten, hardly a chain."""
    found = cells(species=species)
    assert lacking(found, "vj", 0) == lacking(found, "vdj", 1) == 0
    monkeypatch.setattr(carrier, "N_TRIES", 1)
    assert lacking(cells(species=species), "vj", 0) > 0.05


def test_only_carriers_without_room_are_generated_again(monkeypatch):
    """All other chains are those of one try; those that are made again begin with a chain that has room."""
    found = cells()
    monkeypatch.setattr(carrier, "N_TRIES", 1)
    once = cells()
    for arm, column in (("vj", 0), ("vdj", 1)):
        again = (found["clone_motif"][found["clone"], column] >= 0) & (once[arm]["start"] < 0)
        for name in (*EVENT, "start"):
            np.testing.assert_array_equal(found[arm][name][~again], once[arm][name][~again])
        assert again.any()
        assert (found[arm]["start"][again] >= 0).all()


def test_what_is_made_again_has_the_law_of_generation():
    """Alpha chains of carriers have the lengths of generated chains with room, in a two-sample test."""
    scene = cells(6000, v_bias=0.0, j_bias=0.0, motif_mismatches=[1.0])
    model = model_of(scene, "vj")
    carriers = np.flatnonzero(scene["clone_motif"][scene["clone"], 0] >= 0)
    plain = recombine(model, stream_key(9, "plain"), np.arange(8000))
    v_keep, j_keep = ends_of(plain, **SPARED)
    length = np.strings.str_len(plain.junction_aa)
    wanted = length[length - np.maximum(v_keep, 3) - np.maximum(j_keep, 3) >= 4]
    made = np.strings.str_len(scene["vj"]["junction_aa"][carriers])
    top = max(wanted.max(), made.max()) + 1
    counts = np.array([np.bincount(each, minlength=top) for each in (wanted, made)])
    common = counts.sum(axis=0) > 20
    assert stats.chi2_contingency(counts[:, common]).pvalue > 1e-3


def test_events_still_spell_the_ends():
    """A chain that was made again is one event throughout: its genes are those that its ends are spared of."""
    scene = cells(400)
    model, chains = model_of(scene, "vj"), scene["vj"]
    placed = chains["start"] >= 0
    v_keep, j_keep = ends_of(events_of(model, chains[placed]), **SPARED)
    length = np.strings.str_len(chains["junction_aa"][placed])
    assert (chains["start"][placed] >= np.maximum(v_keep, 3)).all()
    assert (chains["start"][placed] + 4 <= length - np.maximum(j_keep, 3)).all()


def test_public_receptors_stay_as_they_are():
    """Clones that share a receptor by intervention share it also where the motif does not fit."""
    world = World("carriers", {**KNOBS, "v_bias": 0.0, "j_bias": 0.0}, parts=("receptors",)).do(clone_public=1)
    plain = world.do(clone_motif=-1)
    first, second = (each.scene(30, root=1).cells(np.arange(30)) for each in (world, plain))
    assert np.unique(second["vj"]["junction"]).size == 1
    np.testing.assert_array_equal(first["vj"]["v"], second["vj"]["v"])
