from dataclasses import replace
from math import inf, nan

import pytest

from rashomon.ask.receptor.word import RECEPTOR_WORDS, ClusterFacts, WordLimits, judge_receptors

PLAIN = ClusterFacts(
    n=10, n_donors=4, top_donor="d1", top_donor_share=0.4, top_donor_p=0.5, copies=12, top_copies=2, invariant="",
    invariant_share=0.0, contaminated_share=0.0, clustered_share=0.02, links=20, density=0.45, diameter=2,
    top_v="TRBV7", v_share=0.3, v_p=0.4, label="GIL", label_count=4, n_labelled=9, label_donors=3, label_expected=3.0,
    label_p=0.4, label_q=0.6, label_attainable=1e-4, expected_links=2.0, links_q=0.5,
)  # fmt: skip
CANDIDATE = {"label_count": 9, "label_p": 1e-6, "label_q": 1e-5}
NO_LABELS = {"label_q": nan, "label_p": nan, "label_attainable": nan, "n_labelled": 0}
TARGET, UNTOLD = "same-target candidate (beyond V/J, two donors or more)", "cannot tell"


def word(**changed):
    """The word for a plain cluster with some facts changed."""
    return judge_receptors(replace(PLAIN, **changed)).verdict


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, UNTOLD),
        ({"invariant_share": 0.5, "invariant": "MAIT-like"}, "invariant (MAIT/iNKT)"),
        ({"invariant_share": 0.49}, UNTOLD),
        ({"contaminated_share": 0.6}, "likely contamination"),
        ({"top_donor_share": 0.9, "top_donor_p": 0.01}, UNTOLD),
        ({"top_donor_share": 0.9, "top_donor_p": 0.01, "top_copies": 6}, "one donor's expanded clone"),
        ({"top_donor_share": 0.89, "top_donor_p": 0.01, "top_copies": 9}, UNTOLD),
        ({"top_donor_share": 1.0, "top_donor_p": 0.01, "copies": 3, "top_copies": 2}, UNTOLD),
        ({"top_donor_share": 0.9, "top_donor_p": 0.01, **CANDIDATE}, UNTOLD),
        ({"top_donor_share": 0.9, "top_donor_p": 0.06, **CANDIDATE}, TARGET),
        ({"top_donor_share": 0.9, "top_donor_p": 0.01, "expected_links": 15.0}, UNTOLD),
        ({"top_donor_share": 1.0, "top_donor_p": 0.01, "v_share": 1.0, "v_p": 0.0}, "V-gene group"),
        ({"top_donor_share": 1.0, "top_copies": 9}, "one donor's expanded clone"),
        ({"top_donor_share": 1.0, "n_donors": 1}, UNTOLD),
        ({"diameter": 4, "density": 0.1}, "chained (cut finer)"),
        ({"diameter": 4}, UNTOLD),
        ({"diameter": 4, "density": 0.1, **CANDIDATE}, TARGET),
        ({"diameter": 4, "clustered_share": 0.3, "n": 40, **CANDIDATE}, "chained (cut finer)"),
        ({"diameter": nan, "clustered_share": 0.3, "n": 40}, "chained (cut finer)"),
        ({"diameter": 2, "clustered_share": 0.3, "n": 40}, UNTOLD),
        ({"v_share": 0.95, "v_p": 1e-6}, "V-gene group"),
        ({"v_share": 0.95, "v_p": 0.2}, UNTOLD),
        ({"v_share": 0.95, "v_p": 1e-6, "label_p": 0.04}, UNTOLD),
        ({"v_share": 0.95, "v_p": 1e-6, **CANDIDATE}, TARGET),
        ({"v_share": 1.0, "v_p": 0.0, **NO_LABELS}, UNTOLD),
        ({"v_share": 1.0, "v_p": 0.0, "expected_links": 15.0, **NO_LABELS}, "V-gene group"),
        ({"expected_links": 15.0}, "shared by generation (high Pgen)"),
        ({"expected_links": 15.0, "n_donors": 1.0}, UNTOLD),
        (CANDIDATE, TARGET),
        ({**CANDIDATE, "n_donors": nan}, UNTOLD),
        ({**CANDIDATE, "label_donors": 1}, UNTOLD),
        ({"links_q": 0.01, **NO_LABELS}, TARGET),
        ({"links_q": 0.01}, UNTOLD),
        ({"links_q": nan, **NO_LABELS}, UNTOLD),
    ],
)
def test_rules(changed, expected):
    """Each word at its line, and just beside it."""
    assert word(**changed) == expected


@pytest.mark.parametrize(("log10_pgen", "said"), [(-8.2, "about 1e-8"), (-inf, "about 0)"), (nan, "background)")])
def test_pgen_is_said_where_it_was_computed(log10_pgen, said):
    """The detail of receptors shared by generation ends with their Pgen; without one it ends as before."""
    facts = replace(PLAIN, expected_links=15.0, log10_pgen=log10_pgen)
    found = judge_receptors(facts)
    assert found.verdict == "shared by generation (high Pgen)"
    assert said in found.detail


def test_order_is_that_of_the_list():
    """Where several rules hold, the first word of the list is said."""
    both = {"invariant_share": 1.0, "contaminated_share": 1.0, "top_donor_share": 1.0, "top_copies": 12}
    assert word(**both) == "invariant (MAIT/iNKT)"
    assert word(**{**both, "invariant_share": 0.0}) == "likely contamination"
    assert word(**{**both, "invariant_share": 0.0, "contaminated_share": nan}) == "one donor's expanded clone"


def test_every_verdict_has_detail_and_action():
    """What cannot be told says why; every word says what to do, and what it means."""
    assert judge_receptors(replace(PLAIN, n_donors=nan)).detail == "(no donor is declared)"
    assert judge_receptors(replace(PLAIN, top_donor_share=0.9, top_donor_p=0.01)).detail == (
        "(90% of 10 receptors are of d1, more than chance gives, and no clone of it is expanded)"
    )
    assert judge_receptors(replace(PLAIN, top_donor_share=1.0, n_donors=1)).detail == "(its receptors are of one donor)"
    assert judge_receptors(PLAIN).detail == "(its labels do not agree beyond V, J and length)"
    assert judge_receptors(replace(PLAIN, **NO_LABELS, links_q=nan)).detail == (
        "(too few labels, and no background to compare with)"
    )
    assert all(one.summary and one.action and one.line() for one in RECEPTOR_WORDS.values())
    assert "{" not in "".join(one.line() for one in RECEPTOR_WORDS.values())


def test_limits_move_the_lines():
    """A convention can be changed, and its text follows."""
    strict = WordLimits(one_gene=0.2, alpha=0.5)
    assert judge_receptors(replace(PLAIN, label_p=0.9), limits=strict).verdict == "V-gene group"
    assert RECEPTOR_WORDS["V-gene group"].line(strict).startswith("20% of the receptors")
