from rashomon import get, tl
from tests.unit.tl.test_audit import digest, rich

__all__ = ["rich"]


def test_trip_wires_without_an_audit(rich):
    """Declared columns and labels are looked at; without labels, wires on clusters say so; the table is kept."""
    before = digest(rich)
    table = tl.tripwires(rich, "mine", truths=["type=annotation:expression"], donor_key="donor").set_index("tripwire")
    assert digest(rich) == before
    assert table["status"]["same_matrix"] == "fired"
    assert table["status"]["one_donor"] == "quiet"
    assert get.table(rich, "tripwires")["status"].tolist() == table["status"].tolist()
    assert tl.tripwires(rich).set_index("tripwire")["said"]["doublet_mix"] == "there are no clusters to look at"
    assert get.results(rich)["key"].tolist() == ["mine_tripwires", "tripwires"]
