import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.vdj.choice import choices, drawable, known_codes
from rashomon.sim.vdj.model import MODELS, recombination_model


def laws(choice, group):
    """Outcomes and weights of one distribution."""
    weights, outcome, counts = choice.piece
    ends = np.cumsum(counts)
    rows = slice(ends[group] - counts[group], ends[group])
    return outcome[rows], weights[rows]


@pytest.mark.parametrize("level", ["allele", "gene"])
@pytest.mark.parametrize("pattern", [(False, False), (True, False), (False, True), (True, True)])
def test_conditionals_of_alpha_are_cuts_of_the_joint_table(level, pattern):
    """Given V, J or both, the law is the part of P(V, J) that fits, and its mass is what that part sums to."""
    model = recombination_model("human", "TRA")
    choice = choices(model, level)
    v_code, j_code = (model.v_gene_codes, model.j_gene_codes) if level == "gene" else (np.arange(103), np.arange(68))
    joint, n_j = model.genes_p, len(model.j_names)
    for v, j in [(3, 5), (40, 20), (0, 0)]:
        asked = np.array([v if pattern[0] else -1]), np.array([j if pattern[1] else -1])
        outcome, weights = laws(choice.first, choice.groups(*asked)[0][0])
        inside = np.ones_like(joint, dtype=bool)
        if pattern[0]:
            inside &= (v_code == v)[:, None]
        if pattern[1]:
            inside &= (j_code == j)[None]
        expected = np.flatnonzero(inside)
        assert outcome.tolist() == expected.tolist()
        np.testing.assert_allclose(weights, joint[expected // n_j, expected % n_j])
        np.testing.assert_allclose(choice.mass(*asked, functional=False), joint[inside].sum())
        # all functional V begin with a codon of C in this model, all functional J end with one of F, V or W
        works = np.outer([g[:3] in {b"TGT", b"TGC"} for g in model.v_germline], model.j_germline != b"")
        np.testing.assert_allclose(choice.mass(*asked, functional=True), joint[inside & works].sum())


def test_v_and_dj_of_beta_are_independent():
    """With a D segment V has a law of its own, D and J another; the mass of a pair is the product."""
    model = recombination_model("human", "TRB")
    choice = choices(model, "allele")
    first, second = choice.groups(np.array([4, -1]), np.array([-1, 2]))
    assert (first.tolist(), second.tolist()) == ([5, 0], [0, 3])
    outcome, weights = laws(choice.second, 3)
    assert (outcome % len(model.j_names) == 2).all()
    np.testing.assert_allclose(weights, model.dj_p[outcome // len(model.j_names), 2])
    both = choice.mass(np.array([4]), np.array([2]), functional=False)
    np.testing.assert_allclose(both, model.genes_p[4] * model.dj_p[:, 2].sum())


@pytest.mark.parametrize(("species", "locus"), MODELS)
def test_hardly_any_allele_is_left_out(species, locus):
    """Alleles without a law of deletions have, together, a probability below 0.0003; they are never drawn."""
    model = recombination_model(species, locus)
    v_able, j_able = drawable(model)
    total = choices(model, "allele").mass(np.array([-1]), np.array([-1]), functional=False)[0]
    assert 1 - 3e-4 < total <= 1 + 1e-9
    absent = np.flatnonzero(~v_able)
    assert (choices(model, "allele").mass(absent, np.full(absent.size, -1), functional=False) == 0).all()
    assert j_able.any()


def test_codes_must_be_known():
    """Codes are integers of the range, one each; none asked for is -1 everywhere."""
    assert known_codes(None, 2, 3, name="v").tolist() == [-1, -1]
    assert known_codes(np.array([2, -1], np.int16), 2, 3, name="v").dtype == np.int64
    with pytest.raises(UsageError, match="j has shape"):
        known_codes(np.array([0]), 2, 3, name="j")
    with pytest.raises(UsageError, match="codes that the model has not"):
        known_codes(np.array([0, 3]), 2, 3, name="v")


def test_alleles_without_their_anchor_are_not_productive():
    """A V whose first codon is none of C and is never deleted, and such a J, have no productive mass; others do."""
    beta, alpha = choices(recombination_model("human", "TRB"), "allele"), recombination_model("mouse", "TRA")
    names = recombination_model("human", "TRB").v_names
    v = np.array([names.index("TRBV4-3*02"), names.index("TRBV4-3*01")])
    assert (beta.mass(v, np.array([-1, -1]), functional=True) > 0).tolist() == [False, True]
    assert (beta.mass(v, np.array([-1, -1]), functional=False) > 0).all()
    j = np.array([alpha.j_names.index("TRAJ44*01"), alpha.j_names.index("TRAJ32*01")])
    found = choices(alpha, "allele").mass(np.array([-1, -1]), j, functional=True)
    assert (found > 0).tolist() == [False, True]
