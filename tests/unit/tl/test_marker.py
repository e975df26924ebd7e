import pytest

from rashomon import tl
from rashomon.core import InputError
from tests.unit.tl.test_audit import digest, rich

__all__ = ["rich"]


def test_markers_without_an_audit(rich):
    """Planted genes mark their clusters on held-out counts, and nothing is written."""
    before = digest(rich)
    found = tl.markers(rich, "mine", donor_key="donor")
    assert digest(rich) == before
    assert found.clusters["held_out"].all()
    for code, group in found.table.groupby("cluster"):
        assert {int(gene[1:]) // 20 for gene in group["gene"]} == {int(code)}
    with pytest.raises(InputError, match="nine"):
        tl.markers(rich, "nine")
