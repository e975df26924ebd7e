import numpy as np
import pytest
from rapidfuzz.distance import Hamming

from rashomon.sim.repertoire_realism.prepared import UndefinedPropertyError
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from tests.repertoire_sample import prepared, receptors


def test_receptors_are_drawn_without_replacement(rng):
    """As many as the setting says, each at most once, and others for another stream."""
    whole = receptors(200, rng)
    a, b = prepared(whole, whole, n=50)
    assert a.drawn.n == np.unique(a.keys).size == 50
    assert set(a.keys) != set(b.keys)


def test_codes_point_at_names(rng):
    """Codes of V and J name the genes of the drawn receptors."""
    (one,) = prepared(receptors(80, rng), n=70)
    assert (one.setting.v_names[one.v] == one.drawn.v).all()
    assert (one.setting.j_names[one.j] == one.drawn.j).all()


def test_letters_and_lengths_spell_junctions(rng):
    """The matrix holds the letters, then zeros."""
    (one,) = prepared(receptors(40, rng))
    spelt = [bytes(row[:n]) for row, n in zip(one.letters, one.lengths, strict=True)]
    assert spelt == one.drawn.junction_aa.tolist()
    assert all((row[n:] == 0).all() for row, n in zip(one.letters, one.lengths, strict=True))


def test_degrees_are_those_of_brute_force(rng):
    """Linked are junctions of equal length with at most one other residue, copies with another gene included."""
    inner = rng.choice(list("AST"), (120, 4))
    junctions = ["C" + "".join(row[: rng.integers(3, 5)]) + "F" for row in inner]
    (one,) = prepared(Repertoire(junctions, rng.choice(["TRBV2", "TRBV9"], 120), ["TRBJ1-1"] * 120))
    texts = [text.decode() for text in one.drawn.junction_aa]
    near = [[len(a) == len(b) and Hamming.distance(a, b) <= 1 for b in texts] for a in texts]
    assert one.degrees.tolist() == (np.sum(near, axis=1) - 1).tolist()


def test_clone_sizes_have_the_depth(rng):
    """Reads are drawn to one depth from all receptors; without counts there are none to draw."""
    with_counts, without = prepared(receptors(90, rng, counts=True), receptors(90, rng), depth=100)
    assert with_counts.clone_sizes.sum() == 100
    assert (np.diff(with_counts.clone_sizes) <= 0).all()
    assert with_counts.clone_sizes.min() >= 1
    with pytest.raises(UndefinedPropertyError, match="has no counts"):
        _ = without.clone_sizes
