import numpy as np

from rashomon.dataset import chain_order, receptor_items
from tests.receptor_sample import receptors


def test_the_first_chain_is_productive_and_has_most_copies():
    """Of three chains of a cell, the productive one with most copies is first, the next second; all are counted."""
    chains = receptors(["CAAF", "CBBF", "CDDF"], obs=[0, 0, 0], count=[9, 2, 5], productive=[0, 1, 1], locus="TRB")
    items = receptor_items(chains, 1)
    assert (items["vdj"]["aa"][0], items["vdj2"]["aa"][0], items["n_vdj"][0]) == (b"CDDF", b"CBBF", 3)
    assert chain_order(chains, "vdj").tolist() == [2, 1, 0]


def test_arms_stay_apart_and_rows_without_chains_stay():
    """Alpha and beta go to their arms; a row without a chain is an empty item."""
    chains = receptors(["CAVF", "CASSF"], obs=[2, 2], locus=["TRA", "TRB"])
    items = receptor_items(chains, 4)
    assert items["vj"]["aa"].tolist() == [b"", b"", b"CAVF", b""]
    assert items["vdj"]["aa"].tolist() == [b"", b"", b"CASSF", b""]
    assert items["vdj"]["v"].tolist()[:2] == [-1, -1]


def test_a_chain_without_junction_is_no_chain():
    """Chains whose junction is unknown are not counted."""
    assert receptor_items(receptors(["", "CASSF"], obs=[0, 1]), 2)["n_vdj"].tolist() == [0, 1]


def test_items_can_be_cut_like_a_matrix():
    """Rows of the items are picked by position, as those of a matrix are."""
    items = receptor_items(receptors(["CAF", "CASSF", "CW"]), 3)
    assert items[np.array([2, 0])]["vdj"]["aa"].tolist() == [b"CW", b"CAF"]
