"""Every verdict can be reached, in the stated order, and claims no more than was tested."""

import pandas as pd
import pytest

from rashomon.ask.stability.rung import PIPELINES
from rashomon.ask.stability.verdict import VERDICTS, Thresholds, judge_cluster

NAMES = ("0 (B)", "1 (T)", "2 (NK)", "3 (DC)")


def rungs(*, low=None, high=None, beside=None, **recovered):
    """Return a rung table from recovery rates; `low` and `high` are those of every rung."""
    rows = [
        (0, rung, 20, rate, rate, rate if low is None else low, rate if high is None else high, True)
        for rung, rate in recovered.items()
    ]
    if beside is not None:
        rows.append((0, "clusterer=kmeans, beside", 20, beside, beside, beside, beside, False))
    names = ["cluster", "rung", "n", "recovered", "jaccard", "low", "high", "decides"]
    return pd.DataFrame(rows, columns=names).astype({"decides": bool})


def settings(*rows):
    """Return a setting table from (choice, level, recovered, elsewhere)."""
    return pd.DataFrame(rows, columns=["choice", "level", "recovered", "elsewhere"])


def lost(*rows, rung="halves"):
    """Return matches of lost repeats from (n_pieces, pieces_jaccard, partners, merged_jaccard)."""
    table = pd.DataFrame(rows, columns=["n_pieces", "pieces_jaccard", "partners", "merged_jaccard"])
    return table.assign(rung=rung)


SPLIT, MERGED, GONE = (2, 0.9, (), 0.0), (0, 0.0, (1,), 0.9), (0, 0.1, (), 0.0)


def judge(table, *, size=50, settings=settings(), lost=lost(), **more):
    """Judge one cluster."""
    return judge_cluster(size=size, rungs=table, settings=settings, lost=lost, names=NAMES, **more)


def test_comes_back():
    """Found in four fifths of the repeats of every rung: it comes back."""
    found = judge(rungs(seed=1.0, halves=0.8, settings=0.8))
    assert (found.verdict, found.words) == ("comes back", "comes back")
    assert judge(rungs(seed=1.0, halves=0.79, settings=0.8)).verdict != "comes back"


def test_branches_beside_do_not_decide():
    """A branch that answers another question is shown and never counted, either way."""
    assert judge(rungs(halves=1.0, settings=1.0, beside=0.0)).verdict == "comes back"
    assert judge(rungs(halves=0.0, settings=1.0, beside=1.0)).verdict == "does not come back"


def test_splits_says_into_how_many():
    """Most of the repeats that lost it show parts whose union is the cluster."""
    found = judge(rungs(halves=0.1, settings=1.0), lost=lost(SPLIT, (4, 0.8, (), 0), (4, 0.75, (), 0), GONE))
    assert found.words == "splits into 4 parts"


def test_one_piece_is_no_split():
    """A single piece that resembles the cluster is a worn cluster, not a split one."""
    found = judge(rungs(halves=0.1, settings=1.0), lost=lost((1, 0.9, (), 0.0)))
    assert found.verdict == "does not come back"


def test_merges_names_the_partner():
    """Most of the repeats that lost it show it inside one cluster with the same other one."""
    found = judge(rungs(halves=0.1, settings=1.0), lost=lost(MERGED, MERGED, GONE))
    assert found.words == "merges with 1 (T)"


def test_merges_shortens_a_long_list():
    """Two partners are named, more are counted; partners that come and go are not named."""
    everyone = (0, 0.0, (1, 2, 3), 0.8)
    found = judge(rungs(halves=0.1, settings=1.0), lost=lost(everyone, everyone))
    assert found.detail.endswith("and 1 more")
    fleeting = lost((0, 0, (1,), 0.8), (0, 0, (2,), 0.8), (0, 0, (3,), 0.8))
    assert judge(rungs(halves=0.1, settings=1.0), lost=fleeting).words == "merges with other clusters"


def test_split_goes_before_merge():
    """Repeats that show both are called a split."""
    both = (2, 0.9, (1,), 0.9)
    assert judge(rungs(halves=0.1, settings=1.0), lost=lost(both)).verdict == "splits"


def test_the_shape_is_read_at_the_worst_rung():
    """How it was lost elsewhere does not explain how it was lost where it fares worst."""
    table = rungs(thinning=0.7, halves=0.1, settings=1.0)
    assert judge(table, lost=lost(SPLIT, rung="thinning")).verdict == "does not come back"
    assert judge(table, lost=lost(SPLIT, rung="halves")).verdict == "splits"


def test_only_under_names_the_setting():
    """Found in other cells and with one level of a choice alone: the level is named, the best one first."""
    table = rungs(halves=1.0, **{PIPELINES: 0.4})
    found = judge(table, settings=settings(("scale", "none", 0.8, 0.4), ("n_pcs", 20, 0.9, 0.49), ("k", 5, 1.0, 0.5)))
    assert found.words == "only under n_pcs = 20"
    assert "n_pcs = 20" in found.action


def test_only_under_needs_other_cells():
    """A cluster that is lost in other cells is not rescued by a setting."""
    table = rungs(halves=0.1, **{PIPELINES: 0.4})
    assert judge(table, settings=settings(("scale", "none", 1.0, 0.0))).verdict == "does not come back"


@pytest.mark.parametrize("row", [("scale", "none", 0.79, 0.0), ("scale", "none", 1.0, 0.5)], ids=["here", "elsewhere"])
def test_only_under_needs_a_clear_difference(row):
    """Not often enough here, or too often elsewhere: no setting is blamed."""
    table = rungs(halves=1.0, low=0.1, high=0.4, **{PIPELINES: 0.1})
    assert judge(table, settings=settings(row)).verdict == "does not come back"


def test_settings_that_fail_alone_are_called_so():
    """Where only the settings fail and none is to blame, the sentence speaks of settings."""
    found = judge(rungs(halves=1.0, **{PIPELINES: 0.1}))
    assert found.words == "does not come back (found in 10 % of other settings)"


def test_cannot_tell_when_the_interval_straddles_the_line():
    """About as often found as not, and the interval holds the line: neither answer would be repeated."""
    assert judge(rungs(halves=0.5, low=0.3, high=0.8)).words == "cannot tell (found in 50 % of half-samples of cells)"
    assert judge(rungs(halves=0.5, low=0.1, high=0.4)).verdict == "does not come back"
    assert judge(rungs(halves=0.15, low=0.1, high=0.9)).verdict == "does not come back"


def test_cannot_tell_below_twenty_cells():
    """Nineteen cells are too few whatever was found; twenty are judged."""
    good = rungs(halves=1.0, settings=1.0)
    assert judge(good, size=19).words == "cannot tell (19 cells; 20 are needed)"
    assert judge(good, size=20).verdict == "comes back"
    assert judge(good, size=19, limits=Thresholds(n_cells=19)).verdict == "comes back"


def test_a_refusal_goes_first():
    """Where nothing can be said about any cluster, the reason is given, even for a small cluster."""
    found = judge(rungs(halves=1.0, settings=1.0), size=3, refusal="no pipeline makes these")
    assert found.words == "cannot tell (no pipeline makes these)"


def test_no_repeat_is_no_evidence():
    """A cluster that was never tried does not come back for free."""
    for table in (rungs(), rungs(beside=1.0)):
        assert judge(table).words == "cannot tell (nothing could be re-run)"


def test_thresholds_are_parameters():
    """Other lines give other verdicts."""
    table = rungs(halves=0.6, settings=1.0, low=0.1, high=0.3)
    assert judge(table).verdict == "does not come back"
    assert judge(table, limits=Thresholds(recovered=0.6)).verdict == "comes back"


def test_the_words_claim_what_was_tested():
    """No verdict says that a cluster holds, is significant or real; nothing was held against a null."""
    assert set(VERDICTS) == {
        "comes back", "splits", "merges", "only under", "does not come back", "cannot tell",
    }  # fmt: skip
    for word in ("hold", "significan", "real", "true"):
        assert not any(word in text for pair in VERDICTS.items() for text in pair)


def test_rows_are_called_by_what_they_are():
    """Receptors are not called cells, in sizes, in repeats, and in what to do."""
    few = judge(rungs(halves=1.0), size=3, item="receptor")
    assert (few.detail, few.action) == ("(3 receptors; 20 are needed)", "collect more receptors, or merge it by hand")
    gone = judge(rungs(halves=0.1, low=0.0, high=0.2), item="receptor")
    assert gone.detail == "(found in 10 % of half-samples of receptors)"
