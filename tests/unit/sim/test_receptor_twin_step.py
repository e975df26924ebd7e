"""Generated receptors in place of the data: what stays as it is, what is drawn anew, and when nothing can be."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import unique_receptors
from rashomon.multiverse import slots_of
from rashomon.sim.receptor_twin_step import (
    fit_generation,
    generate_call,
    generate_repertoires,
    generation_call,
    generation_facts,
    keep_call,
    keep_generable,
    take_call,
    take_repertoire,
    why_no_generation,
)
from tests.receptor_sample import receptors, table

FIXTURES = Path(__file__).parents[3] / "data" / "fixtures"
N = 150


@cache
def blood():
    """Receptors of six people, and four that cannot be generated."""
    rows = pd.read_csv(FIXTURES / "blood_trb.tsv.gz", sep="\t").sample(N, random_state=3)
    aa = [*rows["junction_aa"], "CASSLGQGYEQF", "ASSLGQGYEQF", "CASSXGQGYEQF", "CAF"]
    v = [*rows["v_call"], "TRBV99", "TRBV9", "TRBV9", "TRBV9"]
    chains = receptors(aa, v=v, j=[*rows["j_call"], *["TRBJ2-7"] * 4])
    return slots_of(unique_receptors(table(chains, donor=[*rows["donor"], *["C1"] * 4]))[0])


def law(slots=None, arms=("vdj",), max_obs=1_000, seed=0):
    """A fitted law."""
    slots = blood() if slots is None else slots
    names = ("receptors", "rows", "owner", "species", "v_names", "j_names")
    limits = {"min_length": 8, "max_length": 23, "max_obs": max_obs}
    return fit_generation(*(slots[name] for name in names), arms=list(arms), **limits, rng=np.random.default_rng(seed))


@cache
def drawn():
    """The law of blood, and three repertoires."""
    slots, fitted = blood(), law()
    made = generate_repertoires(*(slots[name] for name in ("receptors", "rows", "owner")), fitted, block=0, n_draws=3,
                                rng=np.random.default_rng(1))  # fmt: skip
    return fitted, made


def test_only_receptors_that_a_model_makes_are_compared():
    """An unknown V, a missing anchor, an unknown residue and a short junction are left out, and counted."""
    facts = generation_facts(law())
    assert facts["n_rows"] == N + 4
    assert facts["n_able"] <= N
    receptors_kept, rows = keep_generable(blood()["receptors"], blood()["rows"], law())
    assert len(receptors_kept) == rows.size == facts["n_kept"]
    assert set(rows) <= set(range(N))
    assert any("TRBV99" in note for note in facts["notes"])


def test_a_repertoire_has_the_genes_of_the_data_and_other_junctions():
    """Row by row the calls of V and J stay; junctions are new, whole and of allowed lengths."""
    fitted, made = drawn()
    own, rows = keep_generable(blood()["receptors"], blood()["rows"], fitted)
    found, same_rows = take_repertoire(blood()["receptors"], blood()["rows"], fitted, made, place=1)
    assert np.array_equal(rows, same_rows)
    for part in ("v", "j", "v_raw", "locus"):
        assert np.array_equal(found["vdj"][part], own["vdj"][part])
    aa = found["vdj"]["aa"]
    assert (aa != own["vdj"]["aa"]).mean() > 0.95
    length = np.strings.str_len(aa)
    assert length.min() >= 8
    assert length.max() <= 23
    assert np.strings.startswith(aa, b"C").all()
    assert np.array_equal(np.strings.str_len(found["vdj"]["nt"]), 3 * length)


def test_lengths_are_those_of_the_data():
    """The mean length of generated junctions is within 3 standard errors of that of the data."""
    fitted, made = drawn()
    own, _ = keep_generable(blood()["receptors"], blood()["rows"], fitted)
    data, found = (np.strings.str_len(aa).astype(float) for aa in (own["vdj"]["aa"], made["vdj_aa"].ravel()))
    assert abs(data.mean() - found.mean()) < 3 * data.std() * np.sqrt(1 / data.size + 1 / found.size) + 0.1


def test_draws_differ_and_repeat_with_their_seed():
    """Repertoires of a block are different ones; the same seed gives the same bits."""
    fitted, made = drawn()
    slots = [blood()[name] for name in ("receptors", "rows", "owner")]
    again = generate_repertoires(*slots, fitted, block=0, n_draws=3, rng=np.random.default_rng(1))
    assert np.array_equal(made, again)
    assert (made["vdj_aa"][0] != made["vdj_aa"][1]).mean() > 0.9


def test_a_donor_has_a_generated_receptor_once():
    """Equal junctions with the same V and J in one donor are drawn again, as data count them once."""
    fitted, made = drawn()
    own, rows = keep_generable(blood()["receptors"], blood()["rows"], fitted)
    for place in range(3):
        seen = pd.DataFrame({"aa": made["vdj_aa"][place], "v": own["vdj"]["v"], "j": own["vdj"]["j"],
                             "donor": blood()["owner"][rows]})  # fmt: skip
        assert not seen.duplicated().any()


def test_a_random_part_is_taken_of_many():
    """No more than max_obs receptors are kept, in their order."""
    _, rows = keep_generable(blood()["receptors"], blood()["rows"], law(max_obs=40))
    assert rows.size == 40
    assert (np.diff(rows) > 0).all()


def test_both_chains_of_pairs_are_generated():
    """A pair has new junctions in both arms; small data of TRA have no selection, which the facts say."""
    rows = pd.read_csv(FIXTURES / "blood_trb.tsv.gz", sep="\t").sample(60, random_state=4)
    alpha = ["CAVRDSNYQLIF", "CAVSDSNYQLIF", "CAVTDSNYQLIF"] * 20
    chains = receptors([*rows["junction_aa"], *alpha], v=[*rows["v_call"], *["TRAV12-2"] * 60],
                       j=[*rows["j_call"], *["TRAJ33"] * 60], obs=[*range(60), *range(60)],
                       locus=["TRB"] * 60 + ["TRA"] * 60)  # fmt: skip
    slots = slots_of(unique_receptors(table(chains, 60, donor=list("abc") * 20))[0])
    fitted = law(slots, ("vdj", "vj"))
    assert generation_facts(fitted)["unselected"] == ["TRA"]
    three = [slots[name] for name in ("receptors", "rows", "owner")]
    made = generate_repertoires(*three, fitted, block=0, n_draws=1, rng=np.random.default_rng(0))
    found, kept = take_repertoire(slots["receptors"], slots["rows"], fitted, made, place=0)
    assert (found["vj"]["aa"] != slots["receptors"]["vj"]["aa"][kept]).mean() > 0.5
    assert (found["vj"]["v"] == slots["receptors"]["vj"]["v"][kept]).all()


def test_what_cannot_be_generated_is_refused_with_the_reason():
    """Loci without a model have a reason, and data of nothing else are refused."""
    assert why_no_generation("human", ["TRA", "TRB"]) == ""
    assert why_no_generation("rat", ["TRB"]) == "no model for rat TRB"
    assert why_no_generation("human", ["IGH"]) == "no model for human IGH"
    chains = receptors(["CASSLGQGYEQF"] * 3, v=["TRBV99"] * 3)
    slots = slots_of(unique_receptors(table(chains, donor=list("abc")))[0])
    with pytest.raises(UsageError, match="no receptor has V, J and a junction"):
        law(slots)
    gamma = receptors(["CALWEVQELGKKIKVF"] * 3, locus="TRG")
    with pytest.raises(UsageError, match="no chain can be generated"):
        law(slots_of(unique_receptors(table(gamma, donor=list("abc")))[0]))


def test_steps_share_what_they_can():
    """The calls chain: each reads what those before it write."""
    fit = generation_call(["vdj"], min_length=8, max_length=23, max_obs=10)
    made = generate_call(block=0, n_draws=2)
    assert set(keep_call().step.reads) <= {"receptors", "rows", *fit.step.writes}
    assert set(take_call(1).step.reads) <= {"receptors", "rows", *fit.step.writes, *made.step.writes}
    assert take_call(1).params == {"place": 1}
