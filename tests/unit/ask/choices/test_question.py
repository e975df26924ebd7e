"""Which setting made the clustering: shares with intervals, and no verdict where nothing varies."""

import numpy as np
import pytest

from rashomon.ask import Request
from rashomon.ask.choices.question import answer
from rashomon.ask.choices.share import INTERACTIONS, NOISE
from rashomon.dataset import Roles
from rashomon.multiverse import Choice, Multiverse, Option
from tests.planted import (
    dataset,
    groups,
    judged,
    noise,
    toy_multiverse,
    toy_parts,
    truth,
)

MULTIVERSE = toy_multiverse()


def ask(label, *, codes=None, **more):
    """Answer for a toy multiverse whose labels are known."""
    parts = toy_parts(label, multiverse=MULTIVERSE, **more)
    data = dataset(expression=False, truths=[truth("gate", noise(groups(), 0.2, seed=9))], roles=Roles())
    return answer(Request(data, judged(codes), 0, MULTIVERSE, parts))


def by_norm(pipeline):
    """Labels that the normalisation decides, with a little noise from the seed."""
    codes = groups() if pipeline["norm"] == "log" else noise(groups(), 0.5, seed=1)
    return noise(codes, 0.02, seed=10 + pipeline["seed"])


def test_the_setting_that_decides_is_named():
    """Labels that one choice decides: it explains nearly all, with an interval over half-samples of cells."""
    found = ask(by_norm)
    said = found.answer
    assert (said.status, said.verdict) == ("answered", "norm matters most")
    assert said.estimate > 0.8
    assert said.interval.low <= said.estimate <= said.interval.high
    assert said.interval.over == "20 half-samples of cells, labels of every run fixed"
    assert said.next_step.startswith("State norm in the methods")


def test_shares_sum_to_one_for_every_outcome():
    """One block of rows per outcome; the shares of each sum to 1, and every share has an interval."""
    table = ask(by_norm).shares
    assert set(table["outcome"]) == {"agreement with mine", "agreement with gate"}
    for _, rows in table.groupby("outcome"):
        assert rows["share"].sum() == pytest.approx(1.0)
        assert {INTERACTIONS, NOISE} <= set(rows["choice"])
    assert (table["low"] <= table["share"]).all()
    assert (table["share"] <= table["high"]).all()


def test_exploratory_branches_are_left_out():
    """k-means answers another question: its runs are in neither the shares nor the curve."""

    def label(pipeline):
        return noise(groups(), 0.9, seed=3) if pipeline["clusterer"] == "kmeans" else by_norm(pipeline)

    found = ask(label)
    assert set(found.curve["clusterer"]) == {"leiden"}
    assert "clusterer" not in set(found.shares["choice"])
    assert found.answer.verdict == "norm matters most"


def test_the_curve_has_a_row_per_run():
    """Settings and agreements of every run, with the number of clusters."""
    curve = ask(by_norm).curve
    assert len(curve) == 2 * 2 + 2 * 2 * 2
    assert {"run", "pipeline", "n_clusters", *(choice.name for choice in MULTIVERSE.choices)} < set(curve)
    assert curve.loc[curve["norm"] == "log", "agreement with mine"].min() > 0.8


def test_resolution_is_no_setting():
    """Labels that only the resolution changes: it is shown as granularity and never named as the setting."""

    def label(pipeline):
        return groups() if pipeline.get("resolution") == 1.0 else np.minimum(groups(), 1)

    found = ask(label)
    rows = found.shares[found.shares["outcome"] == "agreement with mine"].set_index("choice")
    assert rows.loc["resolution", "share"] > 0.9
    assert "resolution" not in found.answer.verdict
    assert found.answer.verdict == "no single setting decides"


def test_equal_pipelines_have_no_answer():
    """Every run agrees equally: cannot tell."""
    said = ask(lambda pipeline: groups()).answer
    assert said.status == "cannot tell"


def test_small_differences_do_not_matter():
    """Agreement that ranges over less than 0.05: no setting matters."""

    def label(pipeline):
        codes = groups().copy()
        if pipeline["norm"] == "residuals":
            codes[np.flatnonzero(codes == 0)[:1]] = 1
        return codes

    found = ask(label, codes=noise(groups(), 0.3, seed=2))
    assert 0 < found.shares["spread"].iloc[0] < 0.05
    assert found.answer.verdict == "no setting matters here"


def test_failed_runs_do_not_break_the_shares():
    """Pipelines that failed are out; the others are compared."""
    found = ask(by_norm, fails=lambda pipeline: pipeline.get("scale") == "none" and pipeline["seed"] == 1)
    assert found.answer.verdict == "norm matters most"
    assert found.curve["agreement with mine"].isna().sum() == 2


def test_labels_alone_have_no_settings():
    """Nothing can be varied: not applicable, and what to give."""
    found = answer(Request(dataset(expression=False), judged(), 0))
    assert (found.answer.status, found.shares.empty, found.curve.empty) == ("not applicable", True, True)
    assert found.answer.next_step == "Give a file with an expression matrix."


def test_without_an_equivalent_pipeline_no_share_is_told():
    """A user may ask for an exploratory clusterer alone: nothing is left to compare, and that is the answer."""
    multiverse = Multiverse(
        (
            Choice("clusterer", (Option("kmeans", "", equivalence="exploratory"),)),
            Choice("seed", (Option(0, ""), Option(1, "")), replicate=True),
        )
    )
    data = dataset(expression=False, roles=Roles())
    parts = toy_parts(lambda _: groups(), multiverse=multiverse)
    found = answer(Request(data, judged(), 0, multiverse, parts))
    assert (found.answer.status, found.answer.verdict) == ("cannot tell", "cannot tell")
    assert "exploratory or answers another question" in str(found.answer)
    assert found.shares.empty
    assert found.curve.empty
