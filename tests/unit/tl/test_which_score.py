import numpy as np
import pytest

from rashomon import get
from rashomon.core import InputError, UsageError
from rashomon.tl.which_score import which_score
from tests.receptor_sample import planted
from tests.unit.tl.test_audit import digest, rich

__all__ = ["rich"]


def test_scores_are_asked_without_an_audit(rich):
    """Trip-wires look at the labels and at the declared columns; the answer is kept, no column is written."""
    before = digest(rich)
    found = which_score(rich, "mine", truths=["type=annotation:expression"], donor_key="donor", budget="quick")
    assert digest(rich) == before
    assert found.answer.verdict == "not calibrated at this budget"
    assert get.answers(rich, key="mine_which_score")["verdict"].tolist() == [found.answer.verdict]
    wires = found.tables["score_tripwires"].set_index("tripwire")
    assert wires.loc["circular_truth", "concerned"] == "type"
    assert wires.loc["touching_clusters", "status"] == "quiet"
    with pytest.raises(InputError, match="nine"):
        which_score(rich, "nine")


def test_of_receptors_the_cutoff_is_to_be_chosen(rich):
    """A quick answer names what would be planted; the clusters of the default pipeline are looked at."""
    data = planted(np.random.default_rng(1))
    found = which_score(data, receptors=True, budget="quick")
    assert found.answer.verdict == "not calibrated at this budget"
    assert "it plants epitope in 10 twins" in found.answer.next_step
    wires = found.tables["score_tripwires"].set_index("tripwire")["status"]
    assert wires[["giant_cluster", "pure_by_chance", "labels_follow_source"]].isin(["fired", "quiet"]).all()
    with pytest.raises(UsageError, match="there are no labels of cells"):
        which_score(rich)
