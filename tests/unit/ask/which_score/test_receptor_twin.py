"""Twins of receptors as steps: what is handed to the fit, what a draw writes, and which labels a score may see."""

from dataclasses import replace

import numpy as np
import pytest

from rashomon.ask.which_score import receptor_twin
from rashomon.ask.which_score.receptor_twin import (
    draw_receptor_call,
    draw_receptor_twin,
    fit_receptor_call,
    fit_receptor_twin,
)
from rashomon.core import UsageError
from rashomon.dataset import unique_receptors
from rashomon.multiverse import slots_of
from rashomon.sim.pack import pack_world, unpack_world
from tests.fitted_receptor_table import twin
from tests.receptor_sample import planted


def world():
    """A twin written by hand whose labels have the codes 3 and 7 in the data."""
    made = twin()
    return replace(made, labels={**made.labels, "epitope": ("code_3", "code_7")})


def draw(*, strength=1.0, chain="vdj", seed=1):
    """The slots of one draw by name."""
    rng = np.random.default_rng(seed)
    call = draw_receptor_call(replicate=0, strength=strength, chain=chain)
    found = draw_receptor_twin(pack_world(world()), replicate=0, strength=strength, chain=chain, rng=rng)
    return dict(zip(call.step.writes, found, strict=True))


def test_a_world_comes_back_from_its_bytes():
    """Parts, tables, knobs and labels are those that were packed."""
    back = unpack_world(pack_world(world()))
    assert back.digest == world().digest


def test_a_draw_has_the_slots_of_receptors_and_the_codes_of_the_data():
    """As many planted labels as receptors, each 3, 7 or none; the same seed gives the same receptors."""
    slots = draw()
    n = slots["rows"].size
    assert {slots[name].size for name in ("receptors", "owner", "planted", "seen", "reachable", "strata")} == {n}
    assert set(np.unique(slots["planted"])) == {-1, 3, 7}
    assert (draw()["receptors"] == slots["receptors"]).all()


def test_a_score_sees_half_of_every_label():
    """Of each label one half, rounded up, and nothing else."""
    slots = draw()
    for code in (3, 7):
        of = slots["planted"] == code
        assert (slots["seen"][of] == code).sum() == (of.sum() + 1) // 2
    assert (slots["seen"][slots["planted"] < 0] == -2).all()


def test_what_sequences_can_tell_are_labels_in_families():
    """A part of the labelled receptors; none of the background, in which there are no families."""
    slots = draw()
    told = slots["reachable"] >= 0
    assert 0 < told.sum() < (slots["planted"] >= 0).sum()
    assert (slots["reachable"][told] == slots["planted"][told]).all()
    assert (draw(strength=None)["reachable"] == -1).all()


def test_labels_of_more_strength_are_alike_more_often():
    """The share of labelled receptors in a family rises; equal ones of a donor count once, so that fewer are left."""
    weak, strong = (draw(strength=strength) for strength in (0.5, 2.0))
    shares = [(slots["reachable"] >= 0).sum() / (slots["planted"] >= 0).sum() for slots in (weak, strong)]
    assert shares[0] < shares[1]
    assert strong["owner"].size < weak["owner"].size


def test_the_fit_gets_the_receptors_of_the_data(monkeypatch):
    """Junctions, genes and donors as they came, labelled ones first where there are too many, classes named by code."""
    data = unique_receptors(planted(np.random.default_rng(1)))[0]
    slots = slots_of(data)
    labels = np.where(np.arange(data.n_obs) % 4 == 0, 5, np.where(np.arange(data.n_obs) % 4 == 1, 2, -1))
    labels[2] = 9
    got = []

    def fit(dataset, column, *, rng):
        got.append((dataset, column, rng))
        return world()

    monkeypatch.setattr(receptor_twin, "fit_receptors", fit)
    call = fit_receptor_call("truth_0", roles=("donor",), max_obs=80)
    read = {**slots, "truth_0": labels.astype(np.int32)}
    reads = [read[name] for name in call.step.reads]
    packed = fit_receptor_twin(*reads, **call.params, rng=np.random.default_rng(0))
    assert unpack_world(packed).digest == world().digest
    dataset, column, _ = got[0]
    assert dataset.n_obs == 80
    # 97 receptors have a label: all that are kept have one, but for the class with one receptor
    assert dataset.truths[column].categories == ("code_2", "code_5")
    assert (dataset.truths[column].codes < 0).sum() <= 1
    assert set(dataset.receptors.junction_aa) <= set(data.receptors.junction_aa)
    assert set(dataset.receptors.v.texts) <= set(data.receptors.v.texts)
    assert len(dataset.roles.donor.categories) == 4


def test_labels_of_too_few_receptors_are_refused():
    """No class of ten: nothing is fitted."""
    data = unique_receptors(planted(np.random.default_rng(1)))[0]
    slots = slots_of(data)
    none = np.full(data.n_obs, -1, dtype=np.int32)
    reads = [slots[name] for name in ("receptors", "species", "v_names", "j_names")]
    with pytest.raises(UsageError, match="no class of labels has 10 receptors"):
        fit_receptor_twin(*reads, none, roles=[], max_obs=500, rng=np.random.default_rng(0))
