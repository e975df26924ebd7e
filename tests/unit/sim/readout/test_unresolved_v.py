"""V genes that short reads cannot tell apart."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import family_calls, own_chains, short_read_calls, unresolved_v
from rashomon.sim.readout.unresolved_v import recalled
from rashomon.sim.stream import stream_key

KEY = stream_key(13, "unresolved")
NAMES = ("TRBV12-3*01", "TRBV12-4*01", "TRBV12-4*02", "TRBV9*01", "TRAV29/DV5*01")


def chains(n):
    calls = GeneCalls(np.arange(n, dtype=np.int32) % 6 - 1, NAMES)
    return own_chains(np.arange(n), np.zeros(n, dtype=int), np.full(n, b"TGTGCATTT"), v=calls, j=calls)


def test_calls_hold_the_truth_and_grow():
    """The new call always holds the true gene; at the share as said it is the family, else the call itself."""
    table = chains(12_000)
    found = unresolved_v(table, KEY, share=0.3, calls=family_calls(NAMES))
    changed = found.v.texts != table.v.texts
    for before, after in set(zip(table.v.texts, found.v.texts, strict=True)):
        assert before in after.split(",") or before == after == ""
    of_family = np.isin(table.v.codes, [0, 1, 2])
    assert not changed[~of_family].any()
    assert set(found.v.texts[changed]) == {"TRBV12-3*01,TRBV12-4*01,TRBV12-4*02"}
    assert stats.binomtest(int(changed.sum()), int(of_family.sum()), 0.3).pvalue > 1e-4
    assert found.v.at("family").texts.tolist() == table.v.at("family").texts.tolist()


def test_short_reads_resolve_what_their_bases_show():
    """Alleles with equal last bases share a call; more bases never make a call larger."""
    rng = np.random.default_rng(3)
    germlines = {f"IGHV1-{i}*01": bytes(rng.choice(list(b"AC"), 8).astype(np.uint8)) for i in range(60)}
    texts = [short_read_calls(germlines, n_bases=n) for n in (2, 5, 8)]
    for name, germline in germlines.items():
        sets = [set(each[name].split(",")) for each in texts]
        assert name in sets[2]
        assert sets[2] <= sets[1] <= sets[0]
        assert sets[1] == {other for other, one in germlines.items() if one[-5:] == germline[-5:]}


def test_a_call_of_several_genes_becomes_the_union():
    """Each gene of a call brings its set, without repeats."""
    calls = GeneCalls.from_texts(["TRBV9*01,TRBV12-3*01"])
    table = own_chains(np.zeros(1, int), np.zeros(1, int), np.array([b"TGT"]), v=calls, j=calls)
    found = unresolved_v(table, KEY, share=1.0, calls=family_calls(NAMES))
    assert found.v.texts.tolist() == ["TRBV9*01,TRBV12-3*01,TRBV12-4*01,TRBV12-4*02"]


def test_neutral_and_touches_v_only():
    """At 0 every call stays; nothing but V ever changes; a larger share changes more of the same."""
    table = chains(600)
    calls = family_calls(NAMES)
    assert unresolved_v(table, KEY, share=0.0, calls=calls).v.texts.tolist() == table.v.texts.tolist()
    few, many = (unresolved_v(table, KEY, share=share, calls=calls) for share in (0.3, 0.6))
    was = few.v.texts != table.v.texts
    np.testing.assert_array_equal(many.v.texts[was], few.v.texts[was])
    for name in ("unit", "cell", "junction", "junction_aa", "j", "umis", "reads", "productive", "source"):
        assert getattr(many, name) is getattr(table, name)


def test_recalled_keeps_rows_without_a_call():
    """Rows without a call stay without."""
    calls = GeneCalls(np.array([-1, 0]), ("a",))
    assert recalled(calls, {"a": "b"}, np.array([True, True])).texts.tolist() == ["", "b"]


def test_unknown_genes_are_refused():
    """Every gene that occurs needs an entry, and a read at least one base."""
    with pytest.raises(UsageError, match="1 V genes have no entry"):
        unresolved_v(chains(6), KEY, share=0.1, calls=family_calls(NAMES[:4]))
    with pytest.raises(UsageError, match="n_bases is 0"):
        short_read_calls({}, n_bases=0)
