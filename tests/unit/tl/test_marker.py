import pytest

from rashomon import get, tl
from rashomon.core import InputError
from tests.unit.tl.test_audit import digest, rich

__all__ = ["rich"]


def test_markers_without_an_audit(rich):
    """Planted genes mark their clusters on held-out counts, and no column is written; the tables are kept."""
    before = digest(rich)
    found = tl.markers(rich, "mine", donor_key="donor")
    assert digest(rich) == before
    assert found.clusters["held_out"].all()
    assert get.table(rich, "markers")["gene"].tolist() == found.table["gene"].tolist()
    assert get.table(rich, "marked", key="mine_markers")["genes"].tolist() == found.clusters["genes"].tolist()
    for code, group in found.table.groupby("cluster"):
        assert {int(gene[1:]) // 20 for gene in group["gene"]} == {int(code)}
    with pytest.raises(InputError, match="nine"):
        tl.markers(rich, "nine")
