"""Chains as a machine reads them."""

from dataclasses import fields, replace

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import (
    SOURCES,
    ChainTable,
    ambient_chains,
    doublet_chains,
    dropout,
    index_hop,
    missing_allele,
    own_chains,
    pcr_copies,
    primer_bias,
    second_cells,
    sequence_error,
    umi_counts,
    unresolved_v,
)
from rashomon.sim.readout.chain_table import derived_units, read_junctions
from rashomon.sim.stream import stream_key, uniforms


def table(cell, arm, junction, v):
    calls = GeneCalls.from_texts(v)
    return own_chains(np.array(cell), np.array(arm), np.array(junction), v=calls, j=calls)


def two_cells():
    return table([5, 2, 5], [0, 0, 0], [b"TGTGCATTT", b"TGTGGATTT", b"TGTTAATTT"], ["TRBV9*01", "", "TRBV2*01"])


def test_own_chains_are_read_and_addressed():
    """Chains are own, one molecule each, translated; addresses are distinct and do not depend on other cells."""
    chains = two_cells()
    assert chains.junction_aa.tolist() == [b"CAF", b"CGF", b""]
    assert chains.productive.tolist() == [True, True, False]
    np.testing.assert_array_equal(chains.origin, chains.cell)
    assert {SOURCES[code] for code in chains.source} == {"own"}
    assert (chains.umis == 1).all()
    alone = table([5, 5], [0, 0], [b"TGTGCATTT", b"TGTTAATTT"], ["TRBV9*01", "TRBV2*01"])
    np.testing.assert_array_equal(alone.unit, chains.unit[[0, 2]])
    assert np.unique(chains.unit).size == 3


def test_copies_stand_behind_and_differ_in_address_only_where_said():
    """Copies have the sequence, calls and origin of their chain, and another cell, source, address and count."""
    chains = replace(two_cells(), umis=np.array([9, 8, 7]), reads=np.array([90, 80, 70]))
    found = chains.followed(np.array([2, 2]), source="hop", cell=np.array([1, 4]), umis=np.array([1, 2]))
    first = found.take(np.arange(3))
    for each in fields(ChainTable):
        one, other = getattr(chains, each.name), getattr(first, each.name)
        if isinstance(one, GeneCalls):
            assert one.texts.tolist() == other.texts.tolist()
        else:
            np.testing.assert_array_equal(one, other)
    copies = found.take(np.array([3, 4]))
    assert (copies.junction == chains.junction[2]).all()
    assert copies.v.texts.tolist() == ["TRBV2*01"] * 2
    assert copies.origin.tolist() == [5, 5]
    assert copies.cell.tolist() == [1, 4]
    assert copies.reads.tolist() == [1, 2]
    assert np.unique(found.unit).size == 5


def test_thinning_keeps_a_read_per_molecule():
    """Reads shrink in proportion; chains that keep all molecules keep all reads; none left: no reads."""
    chains = replace(two_cells(), umis=np.array([10, 8, 0]), reads=np.array([100, 81, 0]))
    found = chains.thinned(np.array([5, 8, 0]))
    assert found.umis.tolist() == [5, 8, 0]
    assert found.reads.tolist() == [50, 81, 0]
    assert chains.thinned(np.zeros(3, dtype=int)).reads.tolist() == [0, 0, 0]
    assert chains.thinned(np.array([1, 1, 0])).seen().n_chains == 2


def test_equal_chains_of_a_cell_merge():
    """Chains of one cell with equal arm, calls and nucleotides become the first of them, with all their molecules."""
    chains = replace(two_cells(), umis=np.array([9, 8, 7]), reads=np.array([90, 80, 70]))
    found = chains.followed(np.array([0, 1, 0]), source="ambient", cell=np.array([5, 5, 2]), umis=np.array([1, 2, 3]))
    merged = found.merged()
    assert merged.cell.tolist() == [5, 2, 5, 5, 2]
    assert merged.source.tolist() == [0, 0, 0, 2, 2]
    assert merged.umis.tolist() == [10, 8, 7, 2, 3]
    assert merged.reads.tolist() == [91, 80, 70, 2, 3]
    assert merged.umis.sum() == found.umis.sum()
    assert rows(chains.merged()) == rows(chains)


def test_derived_addresses_are_independent_of_their_parents():
    """Numbers at derived addresses are uncorrelated with those at the addresses that they come from."""
    n, key = 40_000, stream_key(1, "x")
    units = np.arange(n)
    derived = derived_units(units, units % 7, "hop")
    assert np.unique(derived).size == n
    assert derived.min() >= 0
    both = np.corrcoef(uniforms(key, units)[:, 0], uniforms(key, derived)[:, 0])[0, 1]
    assert abs(both) < 4.5 / np.sqrt(n)


def test_broken_junctions_have_no_amino_acids():
    """Out of frame, with a stop, or empty: not productive, and no amino acids."""
    aa, productive = read_junctions(np.array([b"TGTGCATTT", b"TGTGCATT", b"TGTTGATTT", b""]))
    assert aa.tolist() == [b"CAF", b"", b"", b""]
    assert productive.tolist() == [True, False, False, False]


def test_wrong_columns_are_refused():
    """Arms other than two, negative cells, and columns of other lengths are refused."""
    with pytest.raises(UsageError, match="out of range"):
        table([1], [2], [b"TGT"], [""])
    with pytest.raises(UsageError, match="out of range"):
        table([-1], [0], [b"TGT"], [""])
    with pytest.raises(UsageError, match="columns have other lengths"):
        replace(two_cells(), umis=np.ones(2, dtype=int))


def played(chains, key, n_cells, *, much):
    """All mechanisms in their order, at their neutral values or far from them."""
    lane, sample = np.zeros(n_cells, dtype=int), np.arange(n_cells) % 2
    calls = dict.fromkeys(("TRBV9*01", "TRBV2*01"), "TRBV1*01") if much else {}
    of_all = {name: name for name in ("TRBV1*01", "TRBV9*01", "TRBV2*01")}
    chains = doublet_chains(chains, second=second_cells(lane, key, share=0.5 * much))
    if much:
        chains = umi_counts(chains, key, vdj=8.0, vj=4.0, dispersion=0.5)
    chains = primer_bias(chains, key, sd=0.5 * much, batch=lane)
    chains = dropout(chains, key, vdj=0.1 * much, vj=0.3 * much)
    chains = ambient_chains(chains, key, rate=1.0 * much, lane=lane)
    chains = pcr_copies(chains, key, copies=1.0 + 20.0 * much)
    chains = index_hop(chains, key, share=0.1 * much, lane=lane, sample=sample)
    chains = sequence_error(chains, key, rate=0.05 * much, indel_rate=0.02 * much)
    chains = missing_allele(chains, calls=calls)
    return unresolved_v(chains, key, share=0.5 * much, calls=of_all).merged().seen()


def rows(chains):
    """Every value of every chain."""
    columns = [getattr(chains, each.name) for each in fields(ChainTable)]
    return list(zip(*(c.texts if isinstance(c, GeneCalls) else c.tolist() for c in columns), strict=True))


def test_all_neutral_values_together_change_nothing():
    """Chains that pass every mechanism at its neutral value come out as they went in."""
    chains, key = two_cells(), stream_key(1, "readout")
    assert rows(played(chains, key, 6, much=0)) == rows(chains)


def test_mechanisms_together_keep_truth_and_addresses():
    """Far from neutral, origins are kept, addresses stay distinct, and nothing without molecules or reads is seen."""
    n = 300
    nt = np.random.default_rng(1).choice(np.frombuffer(b"ACGT", dtype=np.uint8), (n, 12)).view("S12").ravel()
    chains = table(np.arange(n) // 2, np.arange(n) % 2, nt, ["TRBV9*01", "TRBV2*01"] * (n // 2))
    found = played(chains, stream_key(1, "readout"), n // 2, much=1)
    assert np.unique(found.unit).size == found.n_chains
    assert set(found.source) == {0, 1, 2, 3}
    assert (found.cell == found.origin)[found.source == 0].all()
    assert (found.cell != found.origin)[found.source == 3].all()
    assert (found.umis > 0).all()
    assert (found.reads >= found.umis).all()
    assert set(found.v.texts) == {"TRBV1*01"}


def test_no_chains_are_no_chains():
    """An empty table passes every mechanism."""
    calls = GeneCalls(np.zeros(0, dtype=np.int32), ())
    none = own_chains(np.zeros(0, int), np.zeros(0, int), np.zeros(0, "S3"), v=calls, j=calls)
    assert played(none, stream_key(1, "readout"), 4, much=1).n_chains == 0
