import pytest

from rashomon.dataset import unique_receptors
from rashomon.multiverse import largest_share, slots_of
from tests.receptor_sample import receptors, table


def test_the_largest_component_is_counted_in_items():
    """Two of three linked: two thirds; copies of one clonotype count once; nothing to link: 0."""
    data = table(receptors(["CASSLGGF", "CASSLGAF", "CASSKKKF", "CASSLGGF"]))
    slots = slots_of(unique_receptors(data)[0])
    assert largest_share(slots, chain="vdj", metric="hamming") == pytest.approx(2 / 3)
    assert largest_share(slots, chain="vj", metric="hamming") == 0.0
