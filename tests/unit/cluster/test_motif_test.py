import numpy as np
import pytest
from scipy.stats import false_discovery_control, fisher_exact

from rashomon.cluster.motif_test import (
    background_counts,
    enrichment,
    local_motifs,
    motif_text,
    wildcard_motifs,
)


def junctions(rng, n):
    """Random junctions of 8 to 14 residues from few letters, one of them no residue."""
    letters = np.array(list("AGSTQ*"))
    return np.array(["CAS" + "".join(rng.choice(letters, rng.integers(2, 9))) + "EQF" for _ in range(n)]).astype("S")


@pytest.mark.parametrize("k", [2, 3, 4])
def test_local_motifs_are_the_stretches_between_the_ends(rng, k):
    """Each junction has exactly the stretches that slicing its text gives, without those that hold a stop."""
    given = junctions(rng, 60)
    row, code = local_motifs(given, k=k, ends=3)
    found = {(r, motif_text(c, k)) for r, c in zip(row.tolist(), code.tolist(), strict=True)}
    inner = [text.decode()[3:-3] for text in given]
    expected = {(r, text[i : i + k]) for r, text in enumerate(inner) for i in range(len(text) - k + 1)}
    assert found == {(r, motif) for r, motif in expected if "*" not in motif}
    assert row.size == len(found)


def test_backgrounds_are_counted_by_junction(rng):
    """A motif counts once per junction, over all backgrounds."""
    given = junctions(rng, 40)
    counts = background_counts(np.stack([given, given[::-1]]), k=3, ends=3)
    code = local_motifs(given, k=3, ends=3)[1]
    assert counts.tolist() == (2 * np.bincount(code, minlength=26**3)).tolist()


def test_patterns_are_equal_exactly_if_the_texts_are(rng):
    """Two patterns share a number if their length, their free place and all other letters agree."""
    given = junctions(rng, 50)
    table = rng.integers(0, 2**64, (given.itemsize + 1, 256), dtype=np.uint64)
    row, place, pattern = wildcard_motifs(given, table, ends=3)
    texts = [given[r].decode()[:p] + "%" + given[r].decode()[p + 1 :] for r, p in zip(row, place, strict=True)]
    expected = [t[:p] + "%" + t[p + 1 :] for t in map(bytes.decode, given) for p in range(3, len(t) - 3)]
    assert texts == expected
    codes = np.unique(texts, return_inverse=True)[1]
    assert ((codes[:, None] == codes) == (pattern[:, None] == pattern)).all()


def test_p_and_q_are_those_of_scipy(rng):
    """One-sided Fisher tests, then Benjamini and Hochberg."""
    n, elsewhere = rng.integers(0, 12, 30), rng.integers(0, 60, 30)
    found = enrichment(n, elsewhere, size=50, size_background=900)
    p = [fisher_exact([[a, 50 - a], [b, 900 - b]], "greater").pvalue for a, b in zip(n, elsewhere, strict=True)]
    assert found["p"].to_numpy() == pytest.approx(p, rel=1e-9)
    assert found["q"].to_numpy() == pytest.approx(false_discovery_control(found["p"]), rel=1e-12)


def test_fold_is_a_ratio_of_shares_and_never_infinite():
    """Half of the data against a tenth of the background; what the background lacks counts once."""
    found = enrichment(np.array([5, 5]), np.array([10, 0]), size=10, size_background=100)
    assert found["fold"].tolist() == [5.0, 50.0]


def test_no_junctions_have_no_motifs():
    """Nothing in, nothing out; junctions shorter than their ends have none."""
    assert local_motifs(np.empty(0, dtype="S9"), k=2, ends=3)[0].size == 0
    table = np.zeros((6, 256), dtype=np.uint64)
    assert wildcard_motifs(np.array([b"CASEF"]), table, ends=3)[0].size == 0
