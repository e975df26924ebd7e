import pytest

from rashomon.core import InputError
from rashomon.tl.which_score import which_score
from tests.unit.tl.test_audit import digest, rich

__all__ = ["rich"]


def test_scores_are_asked_without_an_audit(rich):
    """Trip-wires look at the labels and at the declared columns; nothing is written."""
    before = digest(rich)
    found = which_score(rich, "mine", truths=["type=annotation:expression"], donor_key="donor", budget="quick")
    assert digest(rich) == before
    assert found.answer.verdict == "not calibrated at this budget"
    wires = found.tables["score_tripwires"].set_index("tripwire")
    assert wires.loc["circular_truth", "concerned"] == "type"
    assert wires.loc["touching_clusters", "status"] == "quiet"
    with pytest.raises(InputError, match="nine"):
        which_score(rich, "nine")
