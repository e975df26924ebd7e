"""The words of question 5, from tables alone."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Request
from rashomon.ask.confounding.conditional import CONDITIONAL_COLUMNS
from rashomon.ask.confounding.dag import Dag
from rashomon.ask.confounding.donor_entropy import DONOR_COLUMNS
from rashomon.ask.confounding.negative_control import CONTROL_COLUMNS
from rashomon.ask.confounding.nuisance_effect import NUISANCE_EFFECT_COLUMNS
from rashomon.ask.confounding.nuisance_table import NUISANCE_COLUMNS
from rashomon.ask.confounding.word import Found, said
from rashomon.dataset import Roles
from tests.planted import N_OBS, dataset, judged, technical

LANE = technical(np.arange(N_OBS) % 2, name="lane")


def frame(columns, *rows):
    """A table with these columns."""
    return pd.DataFrame([{**dict.fromkeys(columns, np.nan), **row} for row in rows], columns=list(columns))


def row(follows, beyond="", *, status="estimated", **more):
    """A row of conditional agreement."""
    given = {
        "follows": follows,
        "beyond": beyond,
        "status": status,
        "back_door": False,
        "reason": "",
        "over": "",
        "design": "",
    }
    return {**given, **more}


def answer(
    *rows, causes=("", "", ""), looked_at=("lane", "depth"), controls=(), effects=(), nuisances=(), fired=(), why=""
):
    """What is said of three clusters."""
    clusters = pd.DataFrame({"cluster": list("012"), "n": 30, "cause": list(causes), "donors": "", "widespread": pd.NA})
    return said(
        Request(dataset(expression=False, roles=Roles(batch=LANE)), judged(), 0),
        Found(
            clusters,
            frame(CONDITIONAL_COLUMNS, *rows),
            frame(NUISANCE_COLUMNS, *nuisances),
            frame(CONTROL_COLUMNS, *controls),
            frame(NUISANCE_EFFECT_COLUMNS, *effects),
            frame(DONOR_COLUMNS),
            fired,
            Dag((("lane", "clusters"),), ("lane",)),
            looked_at,
            why,
        ),
    )


def test_causes_are_grouped():
    """Clusters of one cause stand together, with an action for the first."""
    found = answer(causes=("follows lane", "", "follows lane"))
    assert found.verdict == "lane explains clusters 0, 2"
    assert found.next_step == "Integrate over lane, or cluster within it, before naming these clusters."
    both = answer(causes=("follows depth", "follows lane", ""))
    assert both.verdict == "depth explains cluster 0, lane explains cluster 1"
    assert "damaged or empty" in both.next_step


def test_the_number_behind_a_cause_is_evidence():
    """The share of a class, or the area of a quantity; fired trip-wires and twins stand beside it."""
    numbers = (
        {"cluster": "0", "nuisance": "lane", "class": "lane1", "class_share": 0.97},
        {"cluster": "1", "nuisance": "depth", "class": "", "cv_auc": 0.95},
    )
    effects = ({"nuisance": "lane", "types": "type", "effect": -0.2},)
    found = answer(
        causes=("follows lane", "follows depth", ""), nuisances=numbers, effects=effects, fired=("doublet_mix",)
    )
    assert found.evidence == (
        "0: 97 % in lane1; 1: depth ranks its cells above others with 0.95; "
        "without lane a twin's clusters agree +0.20 with type; trip-wires that fired: doublet_mix"
    )


def test_aliasing_matters_where_clusters_follow_the_column():
    """A hidden column that the clusters do not follow does not stop the answer."""
    hidden = row("status", "lane", status="not identifiable", bound_low=0.0, bound_high=0.3, reason="one and the same")
    found = answer(hidden)
    assert (found.status, found.verdict) == ("cannot tell", "cannot be told: status and lane are aliased")
    assert "between 0.00 and 0.30 with status within lane, which no analysis can narrow" in found.text
    assert answer({**hidden, "bound_high": 0.01}).verdict == "nothing technical explains the clusters"


def test_what_is_shifted_is_said():
    """A technical column followed within every label column shifts the clusters; within one only, it does not."""
    clear = row("lane", "type", value=0.3, p=0.01, low=0.2, high=0.4)
    assert answer(clear).verdict == "lane shifts the clusters, though none of them is explained by it alone"
    weak = row("lane", "status", value=0.02, p=0.5, low=-0.1, high=0.1)
    assert answer(clear, weak).verdict == "nothing technical explains the clusters"


@pytest.mark.parametrize("result", ["fails", "passes"])
def test_controls_that_fail_are_named(result):
    """A control that gives clusters away is in the text, one that passes is not."""
    found = answer(controls=({"control": "depth only", "result": result, "ami": 0.4},))
    assert ("depth only 0.40" in found.text) == (result == "fails")


def test_the_estimate_is_the_agreement_with_closed_back_doors():
    """What the diagram holds fixed gives the number; without it there is none."""
    closed = row("type", "lane", back_door=True, value=0.7, low=0.6, high=0.8, p=0.01, over="half-samples of donors")
    found = answer(closed)
    assert (found.estimate, str(found.interval)) == (0.7, "0.60 to 0.80")
    assert answer(row("type", "lane", value=0.7)).estimate is None
    assert found.assumptions[0].evidence == "the one offered by default: lane -> clusters"


def test_what_was_not_measured_is_an_assumption():
    """Why there are no twins is said; nothing looked at is no answer."""
    assert answer(why="no counts").assumptions[-1].evidence == "no counts"
    assert answer(looked_at=()).status == "cannot tell"
