"""Alleles that the reference lacks."""

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import draw_missing, missing_allele, nearest_alleles, own_chains
from rashomon.sim.stream import stream_key

KEY = stream_key(14, "missing")


def germlines(n=12):
    rng = np.random.default_rng(5)
    base = rng.choice(list(b"ACGT"), 60).astype(np.uint8)
    found = {}
    for i in range(n):
        one = base.copy()
        one[rng.integers(0, 60, 6)] = rng.choice(list(b"ACGT"), 6)
        found[f"{'IGHV' if i % 3 else 'IGKV'}1-{i}*01"] = bytes(one[rng.integers(0, 4) :])
    return found


def test_nearest_are_those_of_least_edit_distance():
    """Missing alleles are called as all present ones of their segment at the least distance that rapidfuzz finds."""
    all_of = germlines()
    missing = list(all_of)[:5]
    found = nearest_alleles(all_of, missing)
    assert set(found) == set(missing)
    for name, text in found.items():
        there = {
            o: Levenshtein.distance(all_of[name], g)
            for o, g in all_of.items()
            if o not in missing and o[:4] == name[:4]
        }
        assert set(text.split(",")) == {other for other, d in there.items() if d == min(there.values())}


def test_only_missing_alleles_are_renamed():
    """Calls without a missing allele stay, in text and order; nothing but V changes; empty: neutral."""
    texts = ["IGHV1-1*01", "", "IGHV1-2*01", "IGHV1-2*01,IGHV1-4*01", "IGHV1-2*01,IGHV1-5*01"]
    calls = GeneCalls.from_texts(texts)
    table = own_chains(np.arange(5), np.zeros(5, int), np.full(5, b"TGTGCATGG"), v=calls, j=calls)
    found = missing_allele(table, calls={"IGHV1-2*01": "IGHV1-4*01", "IGHV1-5*01": "IGHV1-7*01"})
    assert found.v.texts.tolist() == ["IGHV1-1*01", "", "IGHV1-4*01", "IGHV1-4*01", "IGHV1-4*01,IGHV1-7*01"]
    assert missing_allele(table, calls={}).v.texts.tolist() == texts
    for name in ("unit", "cell", "junction", "junction_aa", "j", "umis", "reads", "productive", "source"):
        assert getattr(found, name) is getattr(table, name)


def test_missing_alleles_are_drawn_by_name():
    """Whether an allele is missing depends on its name and the key; none at 0, all at 1, more at more."""
    names = [f"IGHV1-{i}*01" for i in range(400)]
    assert draw_missing(names, KEY, share=0.0) == ()
    assert draw_missing(names, KEY, share=1.0) == tuple(names)
    few, many = (draw_missing(names, KEY, share=share) for share in (0.1, 0.3))
    assert set(few) < set(many)
    assert 80 < len(many) < 160
    assert set(draw_missing(names[::-1], KEY, share=0.1)) == set(few)


def test_what_cannot_be_called_is_refused():
    """An allele without germline, or the last one of its segment."""
    with pytest.raises(UsageError, match="missing alleles have no germline"):
        nearest_alleles({"IGHV1*01": b"ACG"}, ["IGHV2*01"])
    with pytest.raises(UsageError, match="no allele is left"):
        nearest_alleles({"IGHV1*01": b"ACG", "IGKV1*01": b"ACG"}, ["IGHV1*01"])
