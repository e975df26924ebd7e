import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from rashomon.ask import Request
from rashomon.ask.truths.conflict import (
    BEST,
    CONFLICT_COLUMNS,
    EVERY,
    choice_regret,
    conflict_said,
    conflicts,
    rank_conflict,
    resolved,
)
from rashomon.dataset import Dataset, Roles, Truth
from rashomon.multiverse import Choice, Multiverse, Option
from rashomon.partitions import Partitions
from tests.planted import judged

N = 600
NAMES = np.array([f"c{i}" for i in range(N)])


def draws(scores, *, noise=0.0, n=100, seed=0):
    """Half-samples of pipelines with known scores."""
    return np.asarray(scores) + noise * np.random.default_rng(seed).normal(size=(n, len(scores)))


def test_a_pair_is_resolved_when_nearly_every_half_sample_agrees():
    """97 of 100 are not enough, 98 are; ties are for neither."""
    table = np.zeros((100, 4))
    table[:, 1], table[:98, 2], table[:97, 3] = -1.0, 1.0, 1.0
    signs = resolved(table)
    assert signs[0].tolist() == [0, 1, -1, 0]
    assert (np.tril(signs) == 0).all()


@given(st.integers(0, 10_000))
def test_a_truth_never_conflicts_with_itself(seed):
    """0, with an interval of 0, and no regret."""
    table = draws(np.arange(9.0), noise=0.3, seed=seed)
    found = rank_conflict(table, table)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    assert choice_regret(table, table).value == 0.0


@given(st.integers(0, 10_000), st.sampled_from([np.exp, np.arctan, lambda x: x**3, lambda x: 2 * x - 7]))
def test_increasing_transforms_change_nothing(seed, transform):
    """The order of the scores is all that counts."""
    a, b = draws(np.arange(8.0), noise=0.5, seed=seed), draws(np.array([0, 2, 1, 3, 7, 5, 6, 4.0]), noise=0.5, seed=1)
    assert rank_conflict(transform(a), b) == rank_conflict(a, b)


@given(st.permutations(range(9)))
def test_without_noise_it_is_the_share_of_discordant_pairs(order):
    """The oracle is Kendall's tau: (1 - tau) / 2."""
    found = rank_conflict(draws(np.arange(9.0)), draws(np.array(order, dtype=float)))
    assert found.value == pytest.approx((1 - kendalltau(np.arange(9), order).statistic) / 2)
    assert found.n_resolved == found.n_pairs == 36


def test_noise_leaves_pairs_unresolved_and_conflict_untold():
    """Pipelines that differ by less than the noise are no evidence of agreement or conflict."""
    found = rank_conflict(draws(np.zeros(10), noise=1.0), draws(np.zeros(10), noise=1.0, seed=1))
    assert np.isnan([found.value, found.low, found.high]).all()
    assert found.reason == f"both truths tell {found.n_resolved} of 45 pairs of pipelines apart, 10 are needed"


def test_five_per_cent_of_many_pairs_are_needed():
    """Ten resolved pairs of 780 say nothing about the others."""
    table = draws(np.r_[np.zeros(39), 9.0], noise=1.0)
    found = rank_conflict(table, draws(np.r_[np.zeros(39), 9.0], noise=1.0, seed=1))
    assert found.n_resolved == 39
    assert found.value == 0.0
    fewer = rank_conflict(draws(np.zeros(40), noise=1.0), table)
    assert fewer.reason.endswith("39 are needed")


def test_regret_is_what_the_judge_loses():
    """A chooser that picks the second best of the judge costs the difference; both halves take their turn."""
    chooser, judge = draws([0.9, 0.1, 0.2]), draws([0.5, 0.2, 0.8])
    assert choice_regret(chooser, judge).value == pytest.approx(0.3)
    assert choice_regret(judge, chooser).value == pytest.approx(0.7)


def test_regret_without_signal_is_about_zero_and_may_be_negative():
    """Choices on one half mean nothing on the other: no winner's curse."""
    found = choice_regret(draws(np.zeros(30), noise=1.0), draws(np.zeros(30), noise=1.0, seed=1))
    assert abs(found.value) < 0.5
    assert found.low < 0 < found.high


def request(*, n_levels=8, fails=(), resolutions=(1.0,), share=0.5):
    """Pipelines that know more and more about `a` and less and less about `b`."""
    rng = np.random.default_rng(3)
    a, b = (rng.integers(0, 3, N) for _ in range(2))
    choices = [Choice("x", tuple(Option(i, "") for i in range(n_levels)))]
    choices.append(Choice("resolution", tuple(Option(r, "") for r in resolutions), granularity=True))
    choices.append(Choice("seed", (Option(0, ""), Option(1, "")), replicate=True))
    multiverse, rows, columns = Multiverse(tuple(choices)), [], []
    for i, pipeline in enumerate(multiverse):
        known = share * pipeline["x"] / n_levels
        toss = rng.random(N)
        codes = np.where(toss < known, a, np.where(toss < share, 3 + b, 6 + rng.integers(0, 3, N)))
        bad = pipeline["x"] in fails
        columns.append(np.full(N, -2) if bad else codes)
        rows.append({"run": f"r{i}", "status": "failed" if bad else "ok", "branch": "", **pipeline})
        rows[-1]["pipeline"] = multiverse.name(pipeline)
    parts = Partitions(np.stack(columns, axis=1).astype(np.int32), NAMES, pd.DataFrame(rows))
    truths = {
        "a": Truth("a", "annotation", a, ("p", "q", "r")),
        "b": Truth("b", "annotation", b, ("p", "q", "r"), "protein"),
        "again": Truth("again", "annotation", a, ("p", "q", "r"), "expression"),
        "batch": Truth("batch", "technical", b, ("p", "q", "r"), "external"),
    }
    data = Dataset(pd.DataFrame(index=NAMES), truths=truths, roles=Roles())
    return Request(data, judged(columns[-1].astype(np.int32)), 0, multiverse, parts)


def table_of(asked, *names):
    """The table for some truths, and the truths."""
    truths = [asked.truths[name] for name in names]
    return conflicts(asked, truths, score="ami"), truths


def test_a_planted_conflict_is_found_and_said():
    """What is good for one truth is bad for the other, in every pair; the same labels never conflict."""
    table, truths = table_of(request(), "a", "b", "again")
    assert list(table) == list(CONFLICT_COLUMNS)
    rows = table.set_index(["truth_a", "truth_b"])
    assert rows.loc[("a", "b"), "conflict"] > 0.9
    assert rows.loc[("a", "b"), "low"] > 0.8
    assert rows.loc[("a", "b"), "regret_a_to_b"] > 0.05
    assert rows.loc[("a", "again"), "conflict"] == 0.0
    sentence, looked_at = conflict_said(table, truths)
    assert sentence.startswith("a and b prefer different pipelines in ")
    assert sentence.endswith("of the pairs they can tell apart.")
    assert looked_at[0].status == "violated"


def test_circular_and_technical_truths_take_part_and_are_not_heard():
    """They stand in the table; no sentence follows from them."""
    table, truths = table_of(request(), "b", "again", "batch")
    rows = table.set_index(["truth_a", "truth_b"])
    assert rows.loc[("b", "again"), "circular"] == "again"
    assert rows.loc[("b", "again"), "conflict"] > 0.9
    assert conflict_said(table, truths) == ("", ())


def test_agreement_is_looked_at_too():
    """Two columns of the same labels prefer the same pipelines."""
    asked = request()
    twin = Truth("twin", "annotation", asked.truths["a"].codes, ("p", "q", "r"))
    truths = [asked.truths["a"], twin]
    sentence, looked_at = conflict_said(conflicts(asked, truths, score="ami"), truths)
    assert (sentence, looked_at[0].status) == ("", "holds")


def test_what_cannot_be_told_is_untested():
    """Pipelines that know nothing about either truth."""
    table, truths = table_of(request(share=0.0), "a", "b")
    sentence, looked_at = conflict_said(table, truths)
    assert (sentence, looked_at[0].status) == ("", "untested")
    assert "pairs of pipelines apart" in looked_at[0].evidence


def test_failed_runs_and_other_branches_take_no_part():
    """Only finished pipelines of equivalent choices are compared."""
    table, _ = table_of(request(fails=(0, 3)), "a", "b")
    assert table["n_pipelines"].tolist() == [6]
    asked = request()
    asked.parts.runs.loc[asked.parts.runs["x"] < 2, "branch"] = "x = exploratory"
    assert table_of(asked, "a", "b")[0]["n_pipelines"].tolist() == [6]


def test_resolutions_are_pipelines_and_are_also_taken_at_their_best():
    """Two rows per pair where resolution varies."""
    table, _ = table_of(request(n_levels=5, resolutions=(1.0, 0.5)), "a", "b")
    assert table[["pipelines", "n_pipelines"]].to_numpy().tolist() == [[EVERY, 10], [BEST, 5]]


def test_without_pipelines_there_is_nothing_to_compare():
    """Labels alone, or one truth: an empty table with its columns."""
    asked = request()
    alone = Request(asked.dataset, asked.judged, 0)
    for table, _ in (table_of(alone, "a", "b"), table_of(asked, "a")):
        assert (len(table), list(table)) == (0, list(CONFLICT_COLUMNS))
        assert conflict_said(table, []) == ("", ())


def test_half_samples_are_of_donors_where_there_are_enough():
    """Another draw, the same conflict."""
    asked = request()
    donor = Truth("donor", "technical", np.arange(N) % 8, tuple(f"d{i}" for i in range(8)))
    data = Dataset(asked.dataset.obs, truths=asked.dataset.truths, roles=Roles(donor=donor))
    over_donors = Request(data, asked.judged, 0, asked.multiverse, asked.parts)
    first, second = (table_of(each, "a", "b")[0] for each in (asked, over_donors))
    assert second.loc[0, "conflict"] > 0.9
    assert not first.equals(second)
