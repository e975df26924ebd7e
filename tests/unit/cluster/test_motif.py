from dataclasses import replace

import numpy as np
import pytest

from rashomon.cluster.motif import MOTIF_COLUMNS, MotifRules, find_motifs, motif_groups
from rashomon.core import UsageError
from rashomon.encode.receptor_chain import selected_dtype
from rashomon.perturb.matched_background import shuffle_within_strata

LETTERS = np.array(list("AGSTNQDERLVYFP"))
V = ["TRBV9*01", "TRBV2*01", "TRBV9*02,TRBV12-3*01"]


def chains(texts, v=None):
    """Selected chains, one per item."""
    found = np.zeros(len(texts), dtype=selected_dtype(20, 1))
    found["item"], found["aa"], found["v"] = np.arange(len(texts)), texts, 0 if v is None else v
    return found


def noise(rng, n):
    """Distinct random junctions of 11 to 15 residues."""
    return ["CAS" + "".join(rng.choice(LETTERS, rng.integers(5, 10))) + "EQF" for _ in range(n)]


def planted(rng, n=400, n_with=12):
    """Noise, and the motif WKMW, of letters that noise lacks, at random places of some junctions."""
    texts = noise(rng, n)
    for row in range(n_with):
        at = rng.integers(3, len(texts[row]) - 6)
        texts[row] = texts[row][:at] + "WKMW" + texts[row][at + 4 :]
    return chains(texts)


def background(given, rng, n=100):
    unique = np.unique(given["aa"], return_index=True)[1]
    parts = given["aa"][unique], given["v"][unique], given["j"][unique]
    return np.stack([shuffle_within_strata(*parts, rng=rng).aa for _ in range(n)])


def test_a_planted_motif_is_found_with_its_receptors(rng):
    """The motif comes first or among its own parts, and its junctions have it; noise has no motif."""
    given, donor = planted(rng), np.arange(400) % 5
    found = find_motifs(given, background(given, rng), donor=donor, v_names=V, rules=MotifRules())
    called = found.table[found.table["called"]]
    assert list(found.table.columns) == list(MOTIF_COLUMNS)
    assert "WKMW" in set(called["motif"])
    row = called.index[called["motif"] == "WKMW"][0]
    assert sorted(found.chain[found.motif == row]) == list(range(12))
    assert called.loc[row, ["kind", "n", "n_donors"]].tolist() == ["local 4", 12, 5]
    assert all(motif in "WKMW" for motif in called["motif"])


def test_a_motif_of_one_donor_is_not_called(rng):
    """However enriched it is, unless one donor is allowed."""
    given, donor = planted(rng), np.append(np.zeros(12, dtype=int), np.arange(388) % 5)
    shuffled = background(given, rng)
    strict = find_motifs(given, shuffled, donor=donor, v_names=V, rules=MotifRules())
    assert not strict.table["called"].any()
    assert strict.table["q"].min() < 1e-6
    assert strict.chain.size == 0
    loose = find_motifs(given, shuffled, donor=donor, v_names=V, rules=MotifRules(min_donors=1))
    assert loose.table["called"].any()


def test_copies_make_no_motif(rng):
    """One junction in ten donors is one junction."""
    given = chains(noise(rng, 300) + ["CASWWKMWWEQF"] * 10)
    found = find_motifs(given, background(given, rng), donor=np.arange(310), v_names=V, rules=MotifRules())
    assert not found.table["motif"].str.contains("WKMW").any()


def test_one_free_place_makes_a_global_motif(rng):
    """Junctions that agree in all places but one are found, with the free place as %."""
    group = [f"CASSD{letter}GTWKEQF" for letter in "ARLVY"]
    given = chains(noise(rng, 300) + group)
    found = find_motifs(given, background(given, rng), donor=np.arange(305) % 4, v_names=V, rules=MotifRules())
    first = found.table[(found.table["kind"] == "global") & found.table["called"]]
    assert first["motif"].tolist() == ["CASSD%GTWKEQF"]
    assert sorted(found.chain[found.motif == first.index[0]]) == list(range(300, 305))


def test_the_same_v_can_be_asked_for(rng):
    """A pattern is then one of its V gene; an unresolved call is of all its genes."""
    group = [f"CASSD{letter}GTWKEQF" for letter in "ARLVYE"]
    v = np.append(rng.integers(0, 2, 300), [0, 0, 2, 1, 1, -1])
    given = chains(noise(rng, 300) + group, v)
    rules = MotifRules(same_v=True, min_donors=1)
    unique = np.unique(np.stack([np.unique(given["aa"], return_inverse=True)[1], v]), axis=1, return_index=True)[1]
    first = given[unique]
    shuffled = np.stack([shuffle_within_strata(first["aa"], first["v"], first["j"], rng=rng).aa for _ in range(100)])
    found = find_motifs(given, shuffled, donor=np.arange(306), v_names=V, rules=rules)
    names = found.table[found.table["kind"] == "global"]
    assert names["motif"].tolist() == ["CASSD%GTWKEQF TRBV9"]
    assert names["n"].tolist() == [3]
    merged = find_motifs(
        given, background(given, rng), donor=np.arange(306), v_names=V, rules=replace(rules, same_v=False)
    )
    assert merged.table[merged.table["kind"] == "global"]["n"].tolist() == [6]


def test_groups_are_the_most_significant_motif(rng):
    """The step gives each item its first motif, and -1 to the rest; equal streams give equal labels."""
    given = planted(rng)
    empty = np.empty(0, dtype=given.dtype)
    names = np.array(V).astype("S")
    rows, owner = np.arange(10, 410), np.arange(500) % 5
    labels = [
        motif_groups(vdj, vj, np.arange(400), rows, owner, names, n_backgrounds=50, rng=np.random.default_rng(1))
        for vdj, vj in ((given, empty), (empty, given))
    ]
    assert labels[0].tolist() == labels[1].tolist()
    assert labels[0].dtype == np.int32
    assert (labels[0][:12] >= 0).all()
    assert np.bincount(labels[0][:12]).max() >= 10
    assert (labels[0][12:] >= 0).mean() < 0.05


def test_nothing_is_called_where_nothing_is_shared(rng):
    """Junctions of the background itself have no motifs."""
    given = chains(noise(rng, 400))
    found = find_motifs(given, background(given, rng), donor=np.arange(400), v_names=V, rules=MotifRules())
    assert not found.table["called"].any()


def test_refuses_what_cannot_be_tested(rng):
    """No known donor, a background of other junctions, rules without sense."""
    given = planted(rng, n=50)
    shuffled = background(given, rng, n=2)
    with pytest.raises(UsageError, match="no donor is known"):
        find_motifs(given, shuffled, donor=np.full(50, -2), v_names=V, rules=MotifRules())
    with pytest.raises(UsageError, match=r"the background has shape \(2, 49\)"):
        find_motifs(given, shuffled[:, 1:], donor=np.arange(50), v_names=V, rules=MotifRules())
    with pytest.raises(UsageError, match="min_junctions 1"):
        MotifRules(min_junctions=1)
    with pytest.raises(UsageError, match="n_backgrounds is 0"):
        motif_groups(
            given,
            given[:0],
            np.arange(50),
            np.arange(50),
            np.arange(50),
            np.array(V).astype("S"),
            n_backgrounds=0,
            rng=rng,
        )
