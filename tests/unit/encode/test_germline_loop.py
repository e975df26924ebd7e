import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tcrdist_rs

from rashomon.core import UsageError
from rashomon.encode.germline_loop import germline_loops, loop_distances, species_of, unknown_loops

HUMAN = ["TRBV19*01", "TRBV28*01", "TRBV20-1*01", "TRBV7-9*01", "TRBV2*01", "TRBV12-3*01", "TRBV29-1*01"]


def test_distances_are_those_of_tcrdist_rs():
    """Its table was computed by tcrdist3, the definition of this name: every two of these human alleles."""
    found = loop_distances(HUMAN)
    theirs = [[tcrdist_rs.v_total_distance(a, b) for b in HUMAN] for a in HUMAN]
    np.testing.assert_array_equal(found, theirs)


def test_a_gap_in_a_loop_costs_nothing_in_tcrdist3_and_four_in_classic():
    """TRBV20-1 has 13 residues in CDR1 and CDR2 where TRBV19 has 11: position by position from the table."""
    a, b = (germline_loops("human")[gene] for gene in ("TRBV20-1*01", "TRBV19*01"))
    gaps = sum((x == ".") != (y == ".") for x, y in zip(a, b, strict=True))
    between = {name: loop_distances(HUMAN, definition=name)[2, 0] for name in ("tcrdist3", "classic")}
    assert gaps > 0
    assert between["classic"] - between["tcrdist3"] == 4 * gaps


def test_of_an_ambiguous_call_the_nearest_gene_counts():
    """And of a gene without allele the first allele."""
    names = ["TRBV28*01", "TRBV19*01", "TRBV19*01,TRBV28*01", "TRBV28"]
    found = loop_distances(names)
    np.testing.assert_array_equal(found[2], [0, 0, 0, 0])
    np.testing.assert_array_equal(found[3], found[0])
    assert found[0, 1] > 0


def test_unknown_loops_and_other_loci_have_no_distance():
    """NaN, not a large number; alpha and delta share V genes and are compared."""
    names = ["TRBV28*01", "TRBV99*01", "TRAV1-2*01", "TRDV1*01", "TRGV9*01"]
    found = loop_distances(names, species="human")
    assert np.isnan(found[1]).all()
    assert np.isnan(found[0, 2:]).all()
    assert np.isfinite(found[2, 3])
    assert np.isnan(found[4, [0, 2, 3]]).all()
    assert (found[[0, 2, 3, 4], [0, 2, 3, 4]] == 0).all()
    assert unknown_loops(names, species="human") == ("TRBV99*01",)


def test_no_names_have_no_distances():
    """An empty list gives an empty matrix."""
    assert loop_distances([]).shape == (0, 0)


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_loops_of_a_locus_are_aligned(species):
    """One number of places per locus, no other letters than residues, gaps and stops, more than 260 alleles."""
    table = germline_loops(species)
    for locus in ("TRA", "TRB", "TRG", "TRD"):
        widths = {len(loops) for gene, loops in table.items() if gene.startswith(locus)}
        assert len(widths) == 1, locus
    assert set("".join(table.values())) <= set("ACDEFGHIKLMNPQRSTVWY.*")
    assert len(table) > 260
    assert all("*" in gene for gene in table)


def test_species_follow_from_the_genes():
    """Dash's mouse receptors are mouse, common human genes human; shared names alone are refused."""
    mouse = json.loads(Path(__file__).with_name("tcrdist3_dash.json").read_text(encoding="utf-8"))
    assert species_of(mouse["v_b_gene"]) == species_of(mouse["v_a_gene"]) == "mouse"
    assert species_of(HUMAN) == "human"
    with pytest.raises(UsageError, match=r"as much those of human as of mouse: TRBV19[\s\S]*species='human'"):
        species_of(["TRBV19*01"])
    with pytest.raises(UsageError, match="no loops of V genes are known for 'rat'"):
        germline_loops("rat")


def test_distances_are_symmetric(rng):
    """For both definitions, over all human TRB alleles."""
    names = [gene for gene in germline_loops("human") if gene.startswith("TRB")]
    assert all(a < b for a, b in pairwise(names))
    for definition in ("tcrdist3", "classic"):
        found = loop_distances(names, definition=definition)
        np.testing.assert_array_equal(found, found.T)
        assert found.diagonal().max() == 0
