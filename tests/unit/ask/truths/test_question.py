"""Which labels the clusters follow: independent ones win, circular ones never, chance is seen."""

import numpy as np
import pytest

from rashomon.ask import Request
from rashomon.ask.truths.question import answer, plan
from rashomon.dataset import Roles
from rashomon.engine import Record
from rashomon.score import half_sample_draws, interval_around, score
from tests.planted import (
    N_OBS,
    dataset,
    donor_role,
    groups,
    judged,
    noise,
    shuffled,
    toy_multiverse,
    toy_parts,
    truth,
)

COIN = np.random.default_rng(5).integers(0, 2, N_OBS).astype(np.int32)
BARE = Roles()


def ask(*truths, codes=None, roles=BARE, reference=None, **more):
    """Answer for some truths and labels."""
    data = dataset(expression=False, truths=list(truths), roles=roles)
    return answer(Request(data, judged(codes), 0, **more), reference)


def coin(**more):
    """A truth that says nothing about the cells."""
    return truth("coin", COIN, categories=("heads", "tails"), **more)


def test_a_planted_truth_wins():
    """Clusters that are the classes follow them, and an independent column does not come near."""
    found = ask(truth(), coin())
    assert found.answer.status == "answered"
    assert found.answer.verdict == "the clusters follow type"
    assert found.answer.estimate == pytest.approx(1.0)
    table = found.table.set_index("truth")
    assert abs(table.loc["coin", "ami"]) < 0.1
    assert (table["random_mean"].abs() < 0.02).all()
    assert found.answer.next_step.startswith("Name the clusters by type")


def test_the_order_of_declaration_does_not_matter():
    """The winner wins from either place."""
    assert ask(coin(), truth()).answer.verdict == ask(truth(), coin()).answer.verdict


def test_a_circular_truth_never_wins():
    """Labels made from the same matrix are shown and cannot win, not even when they are the clusters themselves."""
    found = ask(truth("copied", derived_from="expression"), truth("gate", noise(groups(), 0.3, seed=1)))
    assert found.answer.verdict == "the clusters follow gate"
    assert found.table.set_index("truth").loc["copied", ["ami", "circular"]].tolist() == pytest.approx([1.0, True])
    assumption = found.answer.assumptions[0]
    assert assumption.status == "violated"
    assert "copied (1.00)" in assumption.evidence


def test_circular_truths_alone_give_no_answer():
    """Nothing independent was declared: cannot tell, and what to declare instead."""
    found = ask(truth("copied", derived_from="expression"))
    assert found.answer.status == "cannot tell"
    assert "copied" not in found.answer.verdict
    assert "measured in another way" in found.answer.next_step


def test_a_technical_truth_can_win():
    """Clusters that are the batches follow the batch, and the advice is to correct for it."""
    found = ask(coin(), truth("batch", kind="technical"))
    assert found.answer.verdict == "the clusters follow batch"
    assert found.answer.next_step.startswith("batch is a technical column: correct for it")


def test_a_batch_that_divides_the_winner_is_named():
    """Every cluster inside one batch: the winner is named, and the batch that divides the clusters beside it."""
    batch = truth("batch", (groups() > 0).astype(np.int32), kind="technical", categories=("one", "two"))
    found = ask(truth(), batch)
    assert found.answer.verdict == "the clusters follow type"
    assert "lies within one batch" in found.answer.text
    assert found.answer.next_step.startswith("Integrate over batch")


def test_shuffled_labels_follow_none():
    """The same labels on other cells: none of the columns, and no number to be proud of."""
    found = ask(truth(), coin(), codes=shuffled())
    assert found.answer.verdict == "the clusters follow none of the labels"
    assert not found.table["low"].gt(found.table["random_high"]).any()


def test_truths_that_cannot_be_told_apart_are_mixed():
    """Two columns that agree equally well share the verdict."""
    a, b = truth("a", noise(groups(), 0.3, seed=1)), truth("b", noise(groups(), 0.3, seed=2))
    found = ask(a, b)
    assert found.answer.status == "mixed"
    assert found.answer.verdict.endswith("alike")
    assert {"a", "b"} <= set(found.answer.verdict.replace(",", "").split())


def test_rows_without_a_class_are_left_out():
    """Missing and unassigned labels of a truth neither help nor hurt: the score is that of the labelled rows."""
    some = groups().copy()
    some[::3], some[1::3] = -2, -1
    found = ask(truth(codes=some)).table.loc[0]
    assert found["n_labelled"] == N_OBS // 3
    assert found["ami"] == pytest.approx(1.0)
    labelled = some >= 0
    scored = ask(truth(codes=some), codes=noise(groups(), 0.3, seed=4)).table.loc[0]
    expected = score("ami", noise(groups(), 0.3, seed=4)[labelled], some[labelled]).value
    assert scored["ami"] == pytest.approx(expected)


def test_unassigned_judged_cells_count_as_singletons():
    """Cells that the judged labels leave unassigned lower the agreement; cells that they miss do not."""
    left, missed = groups().copy(), groups().copy()
    left[:20], missed[:20] = -1, -2
    assert ask(truth(), codes=left).table.loc[0, "ami"] < 0.9
    assert ask(truth(), codes=missed).table.loc[0, "ami"] == pytest.approx(1.0)


def test_the_judged_column_does_not_compete_with_itself():
    """A label column that is judged and declared is left out; alone, there is nothing to compare."""
    found = ask(truth("mine"))
    assert (found.answer.status, found.table.empty, found.matrix.empty) == ("not applicable", True, True)
    assert found.answer.next_step == "Declare one with --truth NAME."
    assert ask(truth("mine"), coin()).table["truth"].tolist() == ["coin"]


def test_intervals_are_over_cells():
    """With few donors or none, the interval is over half-samples of cells, and says so."""
    found = ask(truth(codes=noise(groups(), 0.3, seed=3)), roles=Roles(donor=donor_role()))
    assert found.answer.interval.over == "200 half-samples of cells, labels fixed"
    assert found.answer.interval.low < found.answer.estimate < found.answer.interval.high


def test_intervals_are_over_donors_from_six_on():
    """With six donors whole donors are drawn, and the interval is widened for six units, not for the cells."""
    donor = donor_role(np.arange(N_OBS, dtype=np.int32) % 6, n=6)
    codes = noise(groups(), 0.3, seed=3)
    found = ask(truth(), codes=codes, roles=Roles(donor=donor))
    assert found.answer.interval.over == "200 half-samples of donors, labels fixed"
    request = Request(dataset(expression=False, roles=Roles(donor=donor)), judged(codes), 0)
    pairs = [(codes, found_truth.compared) for found_truth in request.truths.values()]
    draws = half_sample_draws("ami", pairs, blocks=donor.codes, rng=request.rng("half-samples"))
    table = found.table.set_index("truth")
    expected = interval_around(table.loc["type", "ami"], draws[:, 1], n_units=6)
    assert table.loc["type", ["low", "high"]].tolist() == pytest.approx([expected.low, expected.high])


def test_a_column_with_one_class_divides_nothing():
    """One donor: no agreement, no purity, and no say in who wins."""
    one = Roles(donor=donor_role(np.zeros(N_OBS, dtype=np.int32), n=1))
    found = ask(truth(), roles=one)
    row = found.table.set_index("truth").loc["donor"]
    assert (row["ami"], row["low"], row["high"]) == (0, 0, 0)
    assert np.isnan(row["purity"])
    assert found.answer.verdict == "the clusters follow type"


def test_columns_that_are_one_to_one_are_an_assumption_violated():
    """Donor and batch that cannot be told apart are named."""
    found = ask(truth(), roles=Roles(donor=donor_role(), batch=donor_role()))
    statements = {assumption.statement: assumption.status for assumption in found.answer.assumptions}
    assert statements["donor and batch can be told apart"] == "violated"


@pytest.mark.parametrize(("origin", "status"), [(None, "untested"), ("protein", "holds"), ("expression", "violated")])
def test_independence_is_what_was_declared(origin, status):
    """Nobody said: untested. Another source: as declared. The same matrix: violated."""
    found = ask(truth("gate", kind="annotation", derived_from=origin), coin())
    assert found.answer.assumptions[0].status == status


def test_what_the_neighbours_know_is_attainable():
    """Neighbours of the same class predict it fully; a reference that failed gives no ceiling."""
    order = np.argsort(groups(), kind="stable")
    neighbours = np.empty((N_OBS, 3), dtype=np.int32)
    for group in range(3):
        members = order[groups()[order] == group]
        neighbours[members] = np.stack([members, np.roll(members, 1), np.roll(members, 2)], axis=1)
    record = Record({"rows": np.arange(N_OBS), "knn_indices": neighbours})
    assert ask(truth(), reference=record).table.loc[0, "attainable"] == pytest.approx(1.0)
    poor = ask(truth(), codes=noise(groups(), 0.4, seed=1), reference=record).answer
    assert poor.next_step.startswith("The cells carry more about type")
    failed = ask(truth(), reference=Record(status="failed", reason="no"))
    assert np.isnan(failed.table.loc[0, "attainable"])


def test_the_matrix_takes_the_best_resolution_and_the_mean_over_seeds():
    """One value per truth and pipeline; failed runs are left out."""

    def label(pipeline):
        if pipeline.get("resolution") == 0.5:
            return groups() if pipeline["seed"] == 0 else noise(groups(), 0.4, seed=1)
        return shuffled()

    parts = toy_parts(label, fails=lambda pipeline: pipeline["norm"] == "residuals")
    found = ask(truth(), multiverse=toy_multiverse(), parts=parts)
    matrix = found.matrix.set_index("pipeline")["value"]
    assert len(matrix) == parts.runs["pipeline"].nunique()
    both = (1.0 + score("ami", noise(groups(), 0.4, seed=1), groups()).value) / 2
    assert matrix["norm=log | scale=clip | clusterer=leiden | n_neighbours=15"] == pytest.approx(both)
    assert matrix[matrix.index.str.startswith("norm=residuals")].isna().all()
    assert found.table.loc[0, "pipelines_max"] == pytest.approx(both)


def test_without_a_stand_in_nothing_is_planned():
    """Labels only: no view to keep."""
    assert plan(Request(dataset(expression=False), judged(), 0)) == []


def test_how_the_columns_relate_is_handed_on():
    """Every pair with its word, the cells that decide, and the table of conflicts; no pair without two columns."""
    found = ask(truth(), coin(), truth("copy", noise(groups(), 0.3, seed=1), derived_from="expression"))
    assert found.relations[["truth_a", "truth_b"]].to_numpy().tolist() == [
        ["type", "coin"],
        ["type", "copy"],
        ["coin", "copy"],
    ]
    assert set(found.deciding["truth_a"]) == {"type", "coin"}
    assert found.conflict.empty
    assert ask(truth()).relations.empty


def test_a_conflict_between_columns_is_said():
    """Pipelines that follow one column leave the other: a sentence, and an assumption that is violated."""
    other = shuffled()

    def label(pipeline):
        first = {"log": 0.1, "residuals": 0.8}[pipeline["norm"]]
        first += 0.1 * (pipeline.get("resolution") == 0.5) + 0.05 * (pipeline.get("scale") == "none")
        toss = np.random.default_rng(9).random(N_OBS)
        return np.where(toss < first, groups(), 3 + other).astype(np.int32)

    parts = toy_parts(label)
    asked = [truth(), truth("gate", other)]
    found = ask(*asked, multiverse=toy_multiverse(), parts=parts)
    assert found.conflict["pipelines"].iloc[0] == "every setting"
    assert len(found.conflict) == 2
    assert "type and gate prefer different pipelines in " in found.answer.text
    assert found.answer.assumptions[-1].statement == "the label columns prefer the same pipelines"
    assert found.answer.assumptions[-1].status == "violated"


def lanes(codes=None, **more):
    """The groups, processed in one lane each."""
    return truth("lane", groups() if codes is None else codes, kind="technical", **more)


def test_a_label_that_is_its_lane_is_neither_ranked_nor_followed():
    """A status that is one with the lane cannot win, nor be named as a rival; the lane cannot win alone."""
    found = ask(truth("status"), roles=Roles(batch=lanes()))
    assert found.answer.status == "cannot tell"
    assert found.answer.verdict == "status cannot be told from lane"
    assert found.table.set_index("truth").loc["status", "aliased"] == "lane"


def test_a_hidden_label_is_left_out_of_the_ranking():
    """Where another label wins, the hidden one is not among the others; it is named in the evidence."""
    coins = COIN.astype(np.int32)
    roles = Roles(batch=lanes(coins, categories=("x", "y")))
    found = ask(truth(), coin(), roles=roles).answer
    assert found.verdict == "the clusters follow type"
    assert found.evidence.endswith("coin cannot be told from lane")
    assert "coin 0.0" not in found.text.split("Nothing can be said")[0]


def test_without_clusters_nothing_is_followed():
    """No cluster at all: cannot tell, without a number, and nothing is said of agreement."""
    found = ask(truth(), coin(), codes=np.full(N_OBS, -1, dtype=np.int32)).answer
    assert (found.status, found.estimate, found.interval) == ("cannot tell", None, None)
    assert found.text == "No cell is in a cluster."
