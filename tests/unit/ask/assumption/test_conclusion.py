"""Finished questions speak for assumptions."""

import pandas as pd
import pytest

from rashomon.ask import Request
from rashomon.ask.assumption.conclusion import ANSWERS, depth_suffices, groups_not_gradient
from tests.planted import dataset, judged

REQUEST = Request(dataset(), judged(), 0)


def verdicts(verdict, *, status="answered"):
    """The table of answers."""
    return {ANSWERS: pd.DataFrame([("structure", status, verdict)], columns=["question", "status", "verdict"])}


def rungs(*, seed=0.95, thinning):
    """Mean Jaccard index of three clusters over seeds, and over copies with half of the molecules."""
    rows = [(c, "thinning", value) for c, value in enumerate(thinning)]
    rows += [] if seed is None else [(c, "seed", seed) for c in range(len(thinning))]
    return {"rungs": pd.DataFrame(rows, columns=["cluster", "rung", "jaccard"])}


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("yes (groups)", "holds"),
        ("mixed (closed gradient)", "violated"),
        ("cannot tell", "untested"),
        ("no", "untested"),
    ],
)
def test_question_one_says_whether_there_are_groups(verdict, status):
    """Gaps hold, a closed gradient violates; neither noise nor doubt says anything; the verdict is quoted."""
    assert groups_not_gradient(REQUEST, verdicts(verdict)) == (status, f"question 1 says: {verdict}")


def test_a_question_that_was_not_asked_says_nothing():
    """No answer, or none that applies."""
    assert groups_not_gradient(REQUEST, {})[0] == "untested"
    assert groups_not_gradient(REQUEST, verdicts("not applicable", status="not applicable"))[0] == "untested"


def test_half_of_the_molecules_say_whether_depth_suffices():
    """As good as another seed: holds; one cluster that is lost: violated, by name."""
    assert depth_suffices(REQUEST, rungs(thinning=(0.94, 0.9, 0.96)))[0] == "holds"
    status, said = depth_suffices(REQUEST, rungs(thinning=(0.94, 0.4, 0.96)))
    assert status == "violated"
    assert "1 (0.55 less)" in said
    assert "0 (" not in said


def test_without_a_seed_labels_are_made_again():
    """A pipeline that draws nothing is compared with itself; one that is unstable anyway does not lack depth."""
    assert depth_suffices(REQUEST, rungs(seed=None, thinning=(0.85,)))[0] == "violated"
    assert depth_suffices(REQUEST, rungs(seed=0.5, thinning=(0.45,)))[0] == "holds"


def test_without_thinned_copies_nothing_is_said():
    """No table, other rungs only, or no cluster found in both."""
    other = rungs(thinning=(0.9,))["rungs"].assign(rung="halves")
    assert depth_suffices(REQUEST, {})[0] == "untested"
    assert depth_suffices(REQUEST, {"rungs": other})[0] == "untested"
