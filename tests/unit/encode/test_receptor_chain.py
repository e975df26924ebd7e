import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import unique_receptors
from rashomon.encode.receptor_chain import select_chains
from rashomon.multiverse import slots_of
from tests.receptor_sample import receptors, table

READS = ("receptors", "rows", "owner", "v_names", "j_names", "v_raw_names", "j_raw_names")


def selected(data, **params):
    slots = slots_of(unique_receptors(data)[0])
    return select_chains(*(slots[name] for name in READS), **params)


def test_one_item_per_clonotype_of_a_donor():
    """Nucleotide variants of a donor are one item in amino acids, and two in nucleotides; donors stay apart."""
    data = table(receptors(["CASSLGGF"] * 3, nt=["TGT", "TGC", "TGT"]), donor=["a", "a", "b"])
    assert selected(data)[2].tolist() == [0, 0, 1]
    assert selected(data, unit="nucleotides")[2].tolist() == [0, 1, 2]


def test_what_cannot_be_a_junction_is_left_out():
    """Junctions that are too short, too long, not anchored or not productive have no item."""
    aa = ["CASSLGGF", "CASSF", "CASS" + "G" * 20 + "F", "ASSLGGFF", "CASSLGGG", "CASSLGGW"]
    data = table(receptors(aa, productive=[1, 1, 1, 1, 1, 0]))
    assert selected(data)[3].tolist() == [0]
    assert selected(data, min_length=5)[3].tolist() == [0, 1]


def test_pairs_need_both_chains():
    """Receptors with one chain are no pairs; the arms of a pair share their item."""
    chains = receptors(["CAVGGGGF", "CASSLGGF", "CASSLGGW"], obs=[0, 0, 1], locus=["TRA", "TRB", "TRB"])
    vdj, vj, items, rows, *_ = selected(table(chains, 2), chain="paired")
    assert (vdj["item"].tolist(), vj["item"].tolist(), items.tolist(), rows.tolist()) == ([0], [0], [0], [0])


def test_second_chains_count_as_the_policy_says():
    """Two alphas: the first, both, or none of the receptor."""
    chains = receptors(["CAVGGGGF", "CAVKKKKF"], obs=[0, 0], locus="TRA", count=[2, 9])
    data = table(chains, 1)
    assert selected(data, chain="vj")[1]["aa"].tolist() == [b"CAVKKKKF"]
    assert selected(data, chain="vj", dual="any")[1]["aa"].tolist() == [b"CAVKKKKF", b"CAVGGGGF"]
    assert selected(data, chain="vj", dual="drop")[3].size == 0


def test_gene_names_are_those_asked_for():
    """The names behind the codes are the repaired or the written ones."""
    data = table(receptors(["CASSLGGF"], v=["TRBV9*01"]))
    slots = slots_of(unique_receptors(data)[0]) | {"v_raw_names": np.array([b"TCRBV09"])}
    vdj, *_, names, _ = select_chains(*(slots[name] for name in READS), genes="as written")
    assert names[vdj["v"]].tolist() == [b"TCRBV09"]


def test_unknown_policies_are_refused():
    """A chain or a policy that does not exist is an error with the nearest name."""
    data = table(receptors(["CASSLGGF"]))
    with pytest.raises(UsageError, match="unknown chain 'beta'"):
        selected(data, chain="beta")
    with pytest.raises(UsageError, match="unknown dual 'both'"):
        selected(data, dual="both")
