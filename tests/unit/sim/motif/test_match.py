import re

import numpy as np
import pytest

from rashomon.sim.motif.match import match_scores, match_seed
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.residue import RESIDUES, as_letters, residue_bits


def junctions(rng, n=400):
    """Random junctions of three letters, so that motifs are common."""
    return np.array(["".join(rng.choice(list("SYG"), rng.integers(0, 13))) for _ in range(n)]).astype("S")


def by_hand(texts, sets, weights, most, window):
    """The first start at which at most `most` places are wrong, none of them without weight."""
    found = []
    for text in texts:
        starts = range(window[0], len(text) - window[1] - len(sets) + 1)
        wrong = {s: [text[s + k] not in each for k, each in enumerate(sets)] for s in starts}
        barred = {s: any(w and not x for w, x in zip(wrong[s], weights, strict=True)) for s in starts}
        good = [s for s in starts if sum(wrong[s]) <= most and not barred[s]]
        found.append(good[0] if good else -1)
    return found


@pytest.mark.parametrize("window", [(0, 0), (3, 2)])
@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (1, 0, 1, 0)])
@pytest.mark.parametrize("most", [0, 1, 2])
def test_seeds_are_found_as_by_hand(rng, window, weights, most):
    """Matches, mismatches, forbidden mismatches and windows are those of a plain loop."""
    texts = junctions(rng)
    motif = Motif("m", "SY[SG]G", mismatches=(0,) * most + (1,), weights=weights, window=window)
    expected = by_hand(texts.astype(str), ["S", "Y", "SG", "G"], weights, most, window)
    found, start = motif.found_in(texts)
    assert start.tolist() == expected
    assert found.tolist() == [each >= 0 for each in expected]
    assert 0 < found.sum() < found.size


def test_gaps_are_found_as_by_a_regular_expression(rng):
    """A gap of one to three residues, without mismatches, is what ``.{1,3}`` finds."""
    texts = junctions(rng)
    found, start = Motif("m", "SY/G", gap=(1, 3), window=(0, 0)).found_in(texts)
    hits = [re.search("SY.{1,3}G", text) for text in texts.astype(str)]
    assert start.tolist() == [-1 if hit is None else hit.start() for hit in hits]
    assert 0 < found.sum() < found.size


def test_matrices_are_found_as_by_hand(rng):
    """A matrix is found where the sum of the scores of its places reaches the threshold first."""
    texts = junctions(rng)
    pwm = rng.dirichlet(np.full(20, 0.3), size=3)
    motif = Motif("m", pwm=pwm, min_score=-6.0, window=(1, 2))
    scores, threshold = motif._matrix.scores, motif._matrix.threshold
    expected = []
    for text in texts.astype(str):
        sums = {
            s: sum(scores[k, RESIDUES.index(text[s + k])] for k in range(3)) for s in range(1, len(text) - 2 - 3 + 1)
        }
        expected.append(next((s for s, total in sums.items() if total >= threshold), -1))
    assert motif.found_in(texts)[1].tolist() == expected
    assert {*expected} > {-1}


def test_unknown_residues_match_only_where_any_will_do():
    """An X or a stop is a mismatch at a named place and a residue at a full stop; a matrix never covers it."""
    texts = np.array([b"SXG", b"XYG", b"S*G"])
    assert Motif("m", "S.G", window=(0, 0)).found_in(texts)[0].tolist() == [True, False, True]
    pwm = np.full((3, 20), 0.05)
    assert not Motif("m", pwm=pwm, min_score=-99.0, window=(0, 0)).found_in(texts)[0].any()


def test_nothing_is_found_in_nothing():
    """No junctions, empty ones, and those shorter than the motif or the window have no match."""
    motif = Motif("m", "SY")
    assert motif.found_in(np.array([], dtype="S1"))[1].tolist() == []
    assert motif.found_in(np.array([b"", b"SY", b"CASSYF"]))[1].tolist() == [-1, -1, -1]


def test_kernels_return_places():
    """The kernels give the place for known bits and codes."""
    bits = residue_bits()[as_letters(np.array([b"ASY"]))]
    masks = np.array([[1 << RESIDUES.index("S"), 1 << RESIDUES.index("Y")]], dtype=np.uint32)
    strict = np.zeros((1, 2), dtype=bool)
    assert match_seed(bits, np.array([3]), masks, strict, np.array([2]), 0, (0, 0)).tolist() == [1]
    scores = np.zeros((2, 20), dtype=np.int64)
    scores[0, 3] = 5
    assert match_scores(np.array([[0, 3, 1]]), np.array([3]), scores, 5, (0, 0)).tolist() == [1]
