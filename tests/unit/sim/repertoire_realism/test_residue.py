import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from rashomon.encode.kmer import POSITIONS
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from rashomon.sim.repertoire_realism.residue import internal_cysteine, kmer_usage, length, middle_usage
from tests.repertoire_sample import prepared, receptors


def test_lengths_include_both_anchors(rng):
    """As Python has them."""
    (one,) = prepared(receptors(40, rng))
    assert length(one).tolist() == [len(text) for text in one.drawn.junction_aa.tolist()]


def test_kmers_are_those_of_scikit_learn(rng):
    """3-mers between the anchors."""
    (one,) = prepared(receptors(60, rng))
    count = CountVectorizer(analyzer="char", ngram_range=(3, 3), lowercase=False)
    table = count.fit_transform([text.decode()[1:-1] for text in one.drawn.junction_aa])
    expected = np.asarray(table.sum(axis=0)).ravel()
    assert sorted(kmer_usage(one)[kmer_usage(one) > 0]) == sorted(expected)


def test_middle_leaves_germline_out():
    """Residues stand at their IMGT position; three at either end are no part of it."""
    (one,) = prepared(Repertoire(["CASWYDEQF"], ["TRBV9"], ["TRBJ1-1"]))
    found = middle_usage(one)
    assert found.shape == (len(POSITIONS), 20)
    letters = "ACDEFGHIKLMNPQRSTVWY"
    seen = {(POSITIONS[place], letters[letter]) for place, letter in zip(*np.nonzero(found), strict=True)}
    # nine residues: 104 to 108 from the left, 115 to 118 from the right
    assert seen == {("107", "W"), ("108", "Y"), ("115", "D")}


def test_internal_cysteine_is_not_the_anchor():
    """Only a cysteine beyond the first residue counts."""
    (one,) = prepared(Repertoire(["CASF", "CACF", "CCSF", "CATF"], ["TRBV9"] * 4, ["TRBJ1-1"] * 4))
    assert internal_cysteine(one).tolist() == [0.5]
