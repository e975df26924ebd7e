"""Agreement within another column: estimated where the design allows it, bounded where it does not."""

import numpy as np
import pytest

from rashomon.ask import Request
from rashomon.ask.confounding.conditional import CONDITIONAL_COLUMNS, beyond, conditional_table
from rashomon.dataset import Roles
from rashomon.score.conditional_entropy import permuted_information, shared_information
from rashomon.score.contingency import tabulate
from tests.planted import N_OBS, dataset, donor_role, groups, judged, noise, technical, truth

LANE = technical(np.arange(N_OBS) // 3 % 2, name="lane")


def ask(codes=None, *, truths=None, donor=None, **more):
    """What is asked about labels, by default with four donors."""
    roles = Roles(donor=donor_role() if donor is None else donor, batch=LANE)
    return Request(dataset(expression=False, truths=truths or [truth()], roles=roles), judged(codes), 0, **more)


def test_clusters_that_are_the_types_follow_them_within_any_lane():
    """The value is 1 where cluster and stratum determine the column; donors are listed where they are few."""
    row = beyond(ask(), truth(), [LANE])
    assert (row["status"], row["design"], row["value"]) == ("estimated", "crossed", pytest.approx(1.0))
    assert row["donors"] == "d0, d1, d2, d3"
    assert np.isnan(row["low"])
    assert "fewer than 6" in row["reason"]
    assert set(row) == set(CONDITIONAL_COLUMNS)


def test_six_donors_give_an_interval():
    """With six donors or more the interval is over donors."""
    row = beyond(ask(noise(groups(), 0.3, seed=1), donor=donor_role(np.arange(N_OBS) % 8, n=8)), truth(), [LANE])
    assert row["low"] < row["value"] < row["high"]
    assert "donors" in row["over"]


def test_the_value_is_that_of_its_definition():
    """(I(C; A | B) - E) / (H(A | B) - E) from the entropies of the strata, E over permutations within them."""
    labels = noise(groups(), 0.4, seed=2)
    data = dataset(expression=False, roles=Roles(batch=LANE))
    row = beyond(Request(data, judged(labels), 0), truth(), [LANE])
    rng, parts = np.random.default_rng(1), []
    for lane in (0, 1):
        rows = np.flatnonzero(LANE.codes == lane)
        a, b = labels[rows], groups()[rows]
        found = shared_information(tabulate(a, b), expected=0.0)
        chance = permuted_information(a, b, strata=np.zeros(rows.size), n=2000, rng=rng)
        parts.append(np.array([found.shared, found.entropy_b, chance]) * rows.size / N_OBS)
    shared, open_, chance = np.sum(parts, axis=0)
    assert row["value"] == pytest.approx((shared - chance) / (open_ - chance), abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_an_aliased_column_is_bounded_and_never_estimated(seed):
    """A column that is one with the lane, or constant in each, has bounds from 0 to its marginal agreement."""
    rng = np.random.default_rng(seed)
    lanes = rng.integers(0, 4, N_OBS)
    batch = technical(lanes, name="lane")
    for codes in (3 - lanes, lanes % 2):
        status = truth("status", codes.astype(np.int32), categories=tuple("abcd")[: codes.max() + 1])
        data = dataset(expression=False, truths=[status], roles=Roles(batch=batch))
        table = conditional_table(Request(data, judged(noise(codes, 0.2, seed=seed)), 0), [status], [batch])
        row = table.set_index(["follows", "beyond"]).loc["status", "lane"]
        marginal = table.set_index(["follows", "beyond"]).loc["status", ""]["value"]
        assert row["status"] == "not identifiable"
        assert row[["value", "low", "high", "p"]].isna().all()
        assert (row["bound_low"], row["bound_high"]) == (0.0, pytest.approx(marginal))
        assert marginal > 0.2


def test_donors_change_places_as_a_whole():
    """A condition of donors cannot have a p below what so few relabelings allow."""
    status = truth("status", (np.arange(N_OBS) % 4 // 2).astype(np.int32), categories=("ill", "well"))
    row = beyond(ask(status.codes, truths=[status]), status, [])
    assert row["smallest_p"] == pytest.approx(1 / 6)
    assert row["p"] >= 1 / 6


def test_a_lane_with_one_donor_stops_a_comparison_of_donors():
    """A condition of donors cannot be told within lanes one of which holds one donor."""
    donors = np.arange(N_OBS) % 4
    status = truth("status", (donors // 2).astype(np.int32), categories=("ill", "well"))
    lane = technical(np.where(donors == 0, np.arange(N_OBS) // 4 % 2, 1), name="lane")
    row = beyond(ask(truths=[status]), status, [lane])
    assert row["status"] == "cannot tell"
    assert row["reason"] == "every donor has one class, and 1 of 2 classes of lane hold one donor"


def test_reasons_speak_of_the_rows():
    """The score was written for receptors; about cells it speaks of cells."""
    few = np.where(np.arange(N_OBS) < 5, 0, -2).astype(np.int32)
    row = beyond(ask(few), truth(), [])
    assert row["status"] == "cannot tell"
    assert "receptor" not in row["reason"]


def test_the_table_holds_both_directions_and_the_back_doors():
    """One row per column alone, per pair in both directions, and one where several columns are held fixed together."""
    request = ask()
    donor = request.dataset.roles.donor
    table = conditional_table(request, [truth()], [donor, LANE], adjusted={"type": [donor, LANE]})
    pairs = list(zip(table["follows"], table["beyond"], strict=True))
    assert pairs[:3] == [("type", ""), ("donor", ""), ("lane", "")]
    assert pairs[3:] == [
        ("type", "donor"), ("type", "lane"), ("type", "donor and lane"), ("donor", "type"), ("lane", "type"),
    ]  # fmt: skip
    assert table.loc[table["back_door"].astype(bool), "beyond"].tolist() == ["donor and lane"]
    marked = conditional_table(request, [truth()], [donor, LANE], adjusted={"type": [LANE]})
    assert marked.loc[marked["back_door"].astype(bool), "beyond"].tolist() == ["lane"]
