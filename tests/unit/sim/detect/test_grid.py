import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError, child
from rashomon.sim import World
from rashomon.sim.detect.grid import detectability
from rashomon.sim.detect.recovery import recovery
from rashomon.sim.judge import cluster

KNOBS = {"n_groups": 2, "n_genes": 300, "n_markers": 15, "effect_size": 4.0, "depth": 800.0}
TWO = World("two", KNOBS, n_obs=240)


@pytest.fixture(scope="module")
def found():
    """Cells and effect, from nothing to clear."""
    grid = {"n_obs": [160, 240], "effect_size": [0.0, 4.0]}
    return detectability(TWO, "type_2", grid=grid, n_replicates=3, ceiling=True, rng=5)


def test_the_table_has_one_row_per_combination(found):
    """All combinations in order, every replicate a row of the draws, and the clear ones are found."""
    points = found.table[["n_obs", "effect_size"]].to_numpy().tolist()
    assert points == [[160, 0], [160, 4], [240, 0], [240, 4]]
    assert found.axes == ("n_obs", "effect_size")
    assert len(found.draws) == 12
    assert found.table["n_recovered"].tolist() == [0, 3, 0, 3]
    assert set(found.table["status"]) == {"ok"}


def test_a_draw_is_what_its_parts_give(found):
    """World, pipeline and recovery, called one after the other with the seed of the replicate."""
    seed = int(child(5, "replicate", 1).integers(2**63))
    simulated = World("same", {**KNOBS, "effect_size": 0.0}).sample(160, rng=seed)
    expected = recovery(cluster(simulated, rng=seed).labels, (simulated.obs["type"] == "type_2").to_numpy())
    row = found.draws[(found.draws["n_obs"] == 160) & (found.draws["effect_size"] == 0.0)].iloc[1]
    assert row["f1"] == expected.f1
    assert row["null_f1"] == expected.null_f1
    assert row["prevalence"] == expected.prevalence


def test_replicates_share_their_random_numbers_over_the_grid(found):
    """The same cells are of the group at every effect, and the fewer cells are among the more."""
    share = found.draws.set_index(["n_obs", "effect_size", "replicate"])["prevalence"]
    assert (share[160, 0.0] == share[160, 4.0]).all()
    alone = detectability(TWO, "type_2", grid={"effect_size": [4.0]}, n_replicates=2, rng=5).draws
    both = found.draws[(found.draws["n_obs"] == 240) & (found.draws["effect_size"] == 4.0)]
    assert alone["f1"].tolist() == both["f1"].tolist()[:2]


def test_the_ceiling_is_that_of_the_posterior(found):
    """Without effect nobody finds the group, with a clear one the posterior does, and better than the pipeline."""
    assert found.table["ceiling"].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert set(found.table["ceiling_kind"]) == {"oracle"}
    assert (found.draws["ceiling_f1"] >= found.draws["f1"] - 0.05)[found.draws["effect_size"] > 0].all()


def test_no_posterior_is_said():
    """Without being asked, and for a truth that has none, the ceiling is NaN and says why."""
    world = World("batches", {**KNOBS, "n_batches": 2}, n_obs=60)
    asked = {"grid": {"batch_effect": [0.0]}, "truth": "batch", "n_replicates": 1, "rng": 0}
    plain, none = detectability(world, "batch_1", **asked), detectability(world, "batch_1", **asked, ceiling=True)
    assert plain.table["ceiling_kind"].tolist() == ["not asked for"]
    assert none.table["ceiling_kind"][0].startswith("no posterior of batch")
    assert np.isnan([plain.table["ceiling"][0], none.table["ceiling"][0]]).all()


def test_failures_are_rows_with_a_reason():
    """Cells without molecules cannot be clustered: the point is there, its rate is not, and the others run."""
    table = detectability(TWO, "type_1", grid={"depth": [0.0, 500.0]}, n_replicates=2, rng=0).table
    assert table["status"].tolist() == ["failed", "ok"]
    assert table["n_failed"].tolist() == [2, 0]
    assert np.isnan(table["rate"][0])
    assert table["reason"][0].startswith("the default pipeline failed: ")
    assert table["rate"][1] == 1.0


def test_a_group_that_was_not_drawn_is_not_found():
    """A share of one in ten thousand has no cell in 240: absent, and the rate is 0, not undefined."""
    table = detectability(TWO, "type_2", grid={"rare_share": [1e-4]}, n_replicates=3, rng=0).table
    assert table["n_absent"].tolist() == [3]
    assert table["rate"].tolist() == [0.0]


def test_words_are_axes_too():
    """A knob with words gives one point per word."""
    world = World("nested", {**KNOBS, "n_batches": 2, "n_donors": 4}, n_obs=60)
    table = detectability(world, "type_1", grid={"batch_plan": ["crossed", "nested"]}, n_replicates=1, rng=0).table
    assert table["batch_plan"].tolist() == ["crossed", "nested"]


def test_progress_is_told_and_the_seed_decides():
    """One event per draw; the same seed gives the same table."""
    events = []
    asked = {"grid": {"effect_size": [1.0, 4.0]}, "n_replicates": 2, "rng": 3}
    first = detectability(TWO, "type_1", **asked, listener=events.append)
    pd.testing.assert_frame_equal(first.draws, detectability(TWO, "type_1", **asked).draws)
    assert [(event.done, event.total) for event in events] == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"grid": {}}, "the grid is empty"),
        ({"grid": {"depth": []}}, "depth has no values"),
        ({"grid": {"dept": [1.0]}}, "there is no knob 'dept'"),
        ({"grid": {"proportions": [[0.5, 0.5]]}}, "proportions is a list"),
        ({"grid": {"depth": [100.0, 100.0]}}, "a value of depth is there twice"),
        ({"grid": {"depth": [-1.0]}}, "depth"),
        ({"grid": {"n_obs": [1]}}, "1 cells cannot show 2 types"),
        ({"grid": {"n_obs": [90.5]}}, "is no number of cells"),
        ({"grid": {"n_groups": [2, 1]}}, "the world has no truth 'type'"),
        ({"group": "type_3"}, "type has no group 'type_3'"),
        ({"truth": "typ"}, "the world has no truth 'typ'"),
        ({"n_replicates": 0}, "n_replicates is 0"),
        ({"resolution": 0.0}, "resolution is 0.0"),
        ({"n_replicates": 2501}, "2 grid points with 2501 replicates are 5,002 draws"),
        ({"max_draws": 59}, "are 60 draws"),
    ],
)
def test_what_cannot_be_drawn_is_refused(asked, said):
    """Every error comes before the first draw."""
    given = {"group": "type_1", "grid": {"depth": [100.0, 200.0]}, "rng": 0, **asked}

    def told(event):
        raise AssertionError("a draw was made")

    with pytest.raises(UsageError, match=said):
        detectability(TWO, given.pop("group"), **given, listener=told)
