"""What is answered first."""

from dataclasses import replace

import pandas as pd
import pytest

from rashomon.report.labelling import labelling_page
from tests import example_audit

NAMES = ["0", "1", "2"]


def audit(**tables):
    """The example with more tables."""
    found = example_audit.audit()
    return replace(found, tables={**found.tables, **tables})


def labellings(recommended, conservative):
    """What becomes of three clusters."""
    return pd.DataFrame(
        {
            "cluster": NAMES,
            "n": 10,
            "recommended": recommended,
            "conservative": conservative,
            "why_recommended": [f"{name} because" for name in NAMES],
            "why_conservative": "",
        }
    )


def test_nothing_is_said_where_separation_was_not_tested():
    """Without tested splits there is no advice."""
    assert labelling_page(audit()) is None


def test_the_two_labellings_are_counted():
    """Each labelling says how many clusters it has; only merged or unproven clusters are explained."""
    page = labelling_page(audit(labellings=labellings(["0 + 1", "0 + 1", "2"], ["0 + 1", "0 + 1", "2"])))
    assert page.sentences[0].startswith("Recommended: 2 of 3 clusters;")
    assert page.sentences[1].startswith("Conservative: 2 of 3 clusters;")
    assert page.merged == ("0 because", "1 because")
    kept = labelling_page(audit(labellings=labellings(NAMES, NAMES)))
    assert kept.sentences[0].startswith("Recommended: all 3 clusters as they are")
    assert kept.merged == ()


@pytest.mark.parametrize(
    ("exists", "said"),
    [([False, True, True, True], "exist at 1,"), ([False] * 4, "At no resolution that was tried")],
)
def test_the_resolution_is_the_one_at_which_most_exist(exists, said):
    """Resolutions are compared by how many of the clusters exist at them."""
    ranges = pd.DataFrame(
        {"cluster": [0, 0, 1, 1], "choice": "resolution", "level": [0.5, 1.0, 0.5, 1.0], "exists": exists}
    )
    page = labelling_page(audit(labellings=labellings(NAMES, NAMES), resolution_range=ranges))
    assert said in page.sentences[2]
