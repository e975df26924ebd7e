import itertools

import numpy as np
import pytest
from scipy.stats import chisquare

from rashomon import datasets
from rashomon.core import UsageError
from rashomon.perturb.sequencing_error import misread, plan_errors

SLOTS = ("vdj", "vdj2", "vj", "vj2")


@pytest.fixture(scope="module")
def dash():
    """Junctions of 1,924 mouse receptors, both arms."""
    return datasets.dash_mouse()


@pytest.fixture(scope="module")
def code(dash):
    """The genetic code, as the junctions of real receptors spell it."""
    found = {}
    for arm in "ab":
        for aa, nt in zip(dash[f"cdr3_{arm}_aa"], dash[f"cdr3_{arm}_nucseq"].str.upper(), strict=True):
            if len(nt) == 3 * len(aa):
                found |= {nt[3 * k : 3 * k + 3]: residue for k, residue in enumerate(aa)}
    stops = {"TAA": "*", "TAG": "*", "TGA": "*"}
    assert len(found) > 55
    return found | stops


def items_of(aa, nt):
    """Items with a first beta chain only."""
    width = max(map(len, nt)) or 1
    chain = np.dtype([("aa", f"S{max(map(len, aa))}"), ("nt", f"S{width}"), ("v", "i4"), ("productive", "i1")])
    items = np.zeros(len(aa), dtype=[*((slot, chain) for slot in SLOTS), ("n_vdj", "i2")])
    for slot in SLOTS:
        items[slot]["productive"] = -1
    items["vdj"]["aa"], items["vdj"]["nt"], items["vdj"]["v"], items["vdj"]["productive"] = aa, nt, 3, 1
    return items


@pytest.fixture
def items(dash):
    """Beta chains with nucleotides."""
    return items_of(dash["cdr3_b_aa"].tolist(), dash["cdr3_b_nucseq"].str.upper().tolist())


def test_bases_are_misread_at_the_rate_and_translated(items, code, rng):
    """Errors hit each base alike, give the three others alike, and the amino acids are those of the new codons."""
    found = misread(items, rate=0.05, replicate=0, rng=rng)
    before, after = (np.array(list("".join(t.decode() for t in i["vdj"]["nt"].tolist()))) for i in (items, found))
    changed = before != after
    expected = 0.05 * before.size
    assert abs(changed.sum() - expected) < 5 * np.sqrt(expected)
    codes = {base: place for place, base in enumerate("ACGT")}
    shift = [(codes[b] - codes[a]) % 4 for a, b in zip(before[changed], after[changed], strict=True)]
    assert chisquare(np.bincount(shift)[1:]).pvalue > 1e-4
    for aa, nt in zip(found["vdj"]["aa"].tolist(), found["vdj"]["nt"].tolist(), strict=True):
        codons = [nt.decode()[3 * k : 3 * k + 3] for k in range(len(aa))]
        assert all(code.get(codon, residue) == residue for codon, residue in zip(codons, aa.decode(), strict=True))


def test_residues_without_nucleotides_change_as_their_codons_would(code, rng):
    """The new residues of 200,000 alanines and 200,000 tryptophans follow the law found by going over all codons."""
    rate = 0.1
    found = misread(items_of(["A" * 20, "W" * 20] * 10_000, [""] * 20_000), rate=rate, replicate=0, rng=rng)
    for residue, texts in (("A", found["vdj"]["aa"][::2]), ("W", found["vdj"]["aa"][1::2])):
        expected = dict.fromkeys(sorted(set(code.values())), 0.0)
        own = [codon for codon, each in code.items() if each == residue]
        for codon, other in itertools.product(own, map("".join, itertools.product("ACGT", repeat=3))):
            n_errors = sum(a != b for a, b in zip(codon, other, strict=True))
            expected[code[other]] += (rate / 3) ** n_errors * (1 - rate) ** (3 - n_errors) / len(own)
        counts = np.array([int(np.strings.count(texts, each.encode()).sum()) for each in expected])
        assert counts.sum() == 200_000
        assert chisquare(counts, 200_000 * np.array(list(expected.values()))).pvalue > 1e-4


def test_a_stop_makes_a_chain_not_productive(items, rng):
    """And nothing else does; chains that are not there stay as they are."""
    found = misread(items, rate=0.05, replicate=0, rng=rng)
    stop = np.strings.find(found["vdj"]["aa"], b"*") >= 0
    assert 0.05 < stop.mean() < 0.3
    np.testing.assert_array_equal(found["vdj"]["productive"], np.where(stop, 0, 1))
    for slot in SLOTS[1:]:
        np.testing.assert_array_equal(found[slot], items[slot])


def test_lengths_genes_and_the_argument_stay(items, rng):
    """Substitutions change letters only, and only in a copy."""
    kept = items.copy()
    found = misread(items, rate=0.2, replicate=0, rng=rng)
    np.testing.assert_array_equal(items, kept)
    for part in ("aa", "nt"):
        np.testing.assert_array_equal(np.strings.str_len(found["vdj"][part]), np.strings.str_len(items["vdj"][part]))
    np.testing.assert_array_equal(found["vdj"]["v"], items["vdj"]["v"])


def test_no_errors_change_nothing(items, rng):
    """A rate of 0 is the identity, for no receptors too."""
    np.testing.assert_array_equal(misread(items, rate=0.0, replicate=0, rng=rng), items)
    assert misread(items[:0], rate=0.1, replicate=0, rng=rng).size == 0


def test_every_base_can_be_misread(rng):
    """At a rate of 1 no base stays."""
    found = misread(items_of(["CASF"] * 50, ["TGTGCCAGCTTT"] * 50), rate=1.0, replicate=0, rng=rng)
    for nt in found["vdj"]["nt"].tolist():
        assert all(a != b for a, b in zip(nt, b"TGTGCCAGCTTT", strict=True))


def test_indels_break_the_frame_at_their_rate(items, rng):
    """A chain of n bases stays productive with probability (1 - rate)^n; an absent chain is not judged."""
    found = misread(items, rate=0.0, indel_rate=0.01, replicate=0, rng=rng)
    stays = 0.99 ** (3.0 * np.strings.str_len(items["vdj"]["aa"]))
    productive = found["vdj"]["productive"] == 1
    assert abs(productive.sum() - stays.sum()) < 5 * np.sqrt((stays * (1 - stays)).sum())
    assert (found["vj"]["productive"] == -1).all()
    np.testing.assert_array_equal(found["vdj"]["aa"], items["vdj"]["aa"])


def test_letters_that_are_no_residue_or_base_stay(rng):
    """X has no codon, and a codon with N is not read."""
    found = misread(items_of(["CXF", "CAF"], ["", "TGTGNCTTT"]), rate=1.0, replicate=0, rng=rng)
    assert found["vdj"]["aa"][0][1:2] == b"X"
    assert found["vdj"]["nt"][1][3:6] == b"GNC"
    assert found["vdj"]["aa"][1][1:2] == b"A"


def test_nucleotides_that_do_not_fit_are_left_alone(rng):
    """A junction out of frame is changed by its residues, as if its nucleotides were unknown."""
    found = misread(items_of(["CAF"] * 20, ["TGTGC"] * 20), rate=1.0, replicate=0, rng=rng)
    assert (found["vdj"]["nt"] == b"TGTGC").all()
    assert (found["vdj"]["aa"] != b"CAF").all()


@pytest.mark.parametrize("wrong", [{"rate": -0.1}, {"rate": 1.5}, {"rate": 0.1, "indel_rate": float("nan")}])
def test_refuses_rates_out_of_range(items, rng, wrong):
    """A rate is a probability."""
    with pytest.raises(UsageError, match="rate is"):
        misread(items, **wrong, replicate=0, rng=rng)


def test_plan_numbers_its_replicates(rng):
    """Replicates differ by their number, which names the stream."""
    expected = [{"rate": 0.005, "replicate": 0}, {"rate": 0.005, "replicate": 1}]
    assert plan_errors(2, donors=None, rng=rng) == expected
