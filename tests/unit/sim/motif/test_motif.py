import numpy as np
import pytest
from scipy.stats import chisquare

from rashomon.core import UsageError
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.residue import RESIDUES, as_letters, middle_shares
from rashomon.sim.stream import stream_key

KEY, UNITS = stream_key(5, "motif"), np.arange(20_000)


def n_wrong(instances, seed):
    """Places of each instance at which it differs from a plain seed."""
    return (as_letters(instances) != np.frombuffer(seed.encode(), dtype=np.uint8)).sum(axis=1)


def test_mismatches_have_their_distribution():
    """The number of mismatches has the probabilities that were asked for."""
    shares = (0.5, 0.3, 0.2)
    drawn = Motif("m", "SYGT", mismatches=shares).draw(KEY, UNITS)
    seen = np.bincount(n_wrong(drawn, "SYGT"), minlength=3)
    assert seen.size == 3
    assert chisquare(seen, UNITS.size * np.array(shares)).pvalue > 1e-4


def test_mismatches_fall_where_the_weights_say():
    """One mismatch falls on each place with its weight; two are drawn one after the other."""
    weights = np.array([4.0, 2.0, 0.0, 1.0])
    one = Motif("m", "SYGT", mismatches=(0, 1), weights=tuple(weights)).draw(KEY, UNITS)
    places = (as_letters(one) != np.frombuffer(b"SYGT", dtype=np.uint8)).sum(axis=0)
    assert places[2] == 0
    p = weights / weights.sum()
    assert chisquare(places[[0, 1, 3]], UNITS.size * p[[0, 1, 3]]).pvalue > 1e-4
    two = Motif("m", "SYGT", mismatches=(0, 0, 1), weights=tuple(weights)).draw(KEY, UNITS)
    spared = (as_letters(two) == np.frombuffer(b"SYGT", dtype=np.uint8))[:, [0, 1, 3]].sum(axis=0)
    # without replacement: the one that is left over comes third
    a, b, c = p[[0, 1, 3]]
    third = [
        b * c / (1 - b) + c * b / (1 - c),
        a * c / (1 - a) + c * a / (1 - c),
        a * b / (1 - a) + b * a / (1 - b),
    ]
    assert chisquare(spared, UNITS.size * np.array(third)).pvalue > 1e-4


def test_other_residues_come_as_often_as_in_junctions():
    """A mismatch puts another residue there, never the seed's own and never cysteine, with the shares of junctions."""
    drawn = as_letters(Motif("m", "SYGT", mismatches=(0, 1), weights=(1, 0, 0, 0)).draw(KEY, UNITS))[:, 0]
    expected = middle_shares(cysteine=False)
    expected[RESIDUES.index("S")] = 0
    seen = np.array([(drawn == ord(letter)).sum() for letter in RESIDUES])
    there = expected > 0
    assert seen[~there].sum() == 0
    assert chisquare(seen[there], UNITS.size * expected[there] / expected.sum()).pvalue > 1e-4


def test_sets_and_gaps_are_drawn_evenly():
    """Each residue of a set, and each length of a gap, is equally probable; the gap keeps the receptor's residues."""
    drawn = Motif("m", "S/[FWY]G", gap=(0, 2)).draw(KEY, UNITS)
    texts, counts = np.unique(drawn, return_counts=True)
    assert sorted(texts.tolist()) == sorted(f"S{dots}{x}G".encode() for dots in ("", ".", "..") for x in "FWY")
    assert chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize(
    "motif",
    [
        Motif("plain", "SYGT", window=(2, 2)),
        Motif("loose", "S.[FW]GT", mismatches=(0.3, 0.3, 0.4), weights=(1, 9, 0, 1, 1), window=(2, 2)),
        Motif("gapped", "SY/GT", gap=(1, 3), mismatches=(0.5, 0.5), window=(2, 2)),
        Motif("matrix", pwm=np.random.default_rng(1).dirichlet(np.full(20, 0.2), size=4), window=(2, 2)),
    ],
    ids=lambda motif: motif.name,
)
def test_every_instance_is_found_where_it_stands(motif):
    """What is drawn is found again, in a junction of other residues, at its place or before."""
    drawn = motif.draw(KEY, UNITS[:2000])
    texts = np.array([b"CA" + each.replace(b".", b"A") + b"AF" for each in drawn])
    found, start = motif.found_in(texts)
    assert found.all()
    assert (start == 2).all()


def test_instances_do_not_depend_on_others():
    """Any order and any part of the receptors has the same instances."""
    motif = Motif("m", "S/[FWY]G", gap=(0, 2), mismatches=(0.5, 0.5))
    drawn = motif.draw(KEY, UNITS[:500])
    order = np.random.default_rng(1).permutation(500)
    assert (motif.draw(KEY, UNITS[order]) == drawn[order]).all()
    assert (motif.draw(KEY, UNITS[7:9]) == drawn[7:9]).all()
    assert (motif.draw(stream_key(6, "motif"), UNITS[:500]) != drawn).any()


def test_genes_are_compared_without_alleles():
    """A call is allowed when one of its genes is; an allele in the motif means its gene."""
    motif = Motif("m", "SYG", v_genes=("TRBV19*01", "TRBV12-3"), j_genes=("TRBJ1-1",))
    v = np.array(["TRBV19*03", "TRBV12-4*01,TRBV12-3*01", "TRBV1", "TRBV19"])
    j = np.array([b"TRBJ1-1*01", b"TRBJ1-1", b"TRBJ1-1", b"TRBJ1-2"])
    assert motif.allows(v, j).tolist() == [True, True, False, False]
    assert Motif("m", "SYG").allows(None, None) is True
    with pytest.raises(UsageError, match="asks for genes, and none are given"):
        motif.allows(None, j)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"seed": "SYG", "mismatches": (0.5, 0.4)}, "are no distribution"),
        ({"seed": "SYG", "mismatches": ()}, "are no distribution"),
        ({"seed": "SYG", "mismatches": (1.5, -0.5)}, "are no distribution"),
        ({"seed": "SYG", "mismatches": (0, 0, 0, 1)}, "3 mismatches fall on 3 places"),
        ({"seed": "SYG", "mismatches": (0, 0, 1), "weights": (1, 0, 0)}, "2 mismatches fall on 1 places"),
        ({"seed": "SYG", "weights": (1, 1)}, "there are 2 weights"),
        ({"seed": "SYG", "min_score": 1.0}, "a seed has no min_score"),
        ({"seed": "SYG", "pwm": np.full((3, 20), 0.05)}, "a matrix takes no seed"),
        ({"seed": "SYG", "window": (-1, 0)}, "the window leaves out"),
        ({}, "fewer than two residues"),
    ],
)
def test_motifs_that_cannot_be_are_refused(given, what):
    """The message says what is wrong and names the motif."""
    with pytest.raises(UsageError, match=what) as error:
        Motif("odd", **given)
    assert "motif 'odd'" in str(error.value)


def test_motifs_say_how_long_they_are():
    """A seed covers its places and its gap, a matrix its rows."""
    assert Motif("m", "SY/G", gap=(1, 2)).lengths == (4, 5)
    assert Motif("m", pwm=np.full((3, 20), 0.05)).lengths == (3,)
    assert Motif("m", "SYG", mismatches=(0.5, 0.5, 0)).max_mismatches == 1
