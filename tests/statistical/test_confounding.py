"""Clusters made by a batch, by depth or of doublets are named; healthy ones are not; chance is kept within strata."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged, Request
from rashomon.ask.confounding.conditional import beyond
from rashomon.ask.confounding.technical import technical_cause
from rashomon.dataset import Dataset, Roles
from tests.technical_sample import column, planted

N_DATA_SETS = 60
N_NULLS = 300

MODULES = (
    "rashomon.ask.confounding.technical",
    "rashomon.ask.confounding.nuisance",
    "rashomon.ask.confounding.nuisance_table",
    "rashomon.ask.tripwire.cluster",
)


def named(seed_block, what):
    """How often the planted cluster is named, and any other one, over data sets of this block of seeds."""
    events = {"named": 0, "by its cause": 0, "another named": 0}
    causes = {"batch": "follows lane", "depth": "follows depth", "mitochondria": "follows mitochondrial share"}
    for i in range(N_DATA_SETS):
        case = planted(np.random.default_rng([5, seed_block * N_DATA_SETS + i]), what)
        found = technical_cause(case.request)
        said = [found[name] for name in case.technical]
        events["named"] += any(said)
        events["by its cause"] += causes.get(what, f"follows {what}") in said
        events["another named"] += bool((found.drop(list(case.technical)) != "").any())
    return events


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("what", "least"), [("batch", 0.95), ("depth", 0.95), ("mitochondria", 0.95), ("doublets", 0.95)]
)
def test_planted_technical_clusters_are_named(accumulate, seed_block, what, least):
    """A cluster of one batch, of low depth, of damaged cells, or of doublets is named; others seldom are."""
    totals = accumulate(
        f"confounding_{what}",
        claim=f"a planted cluster made by {what} is named in {least:.0%} of data sets, another one in at most 5 %",
        n=N_DATA_SETS,
        events=named(seed_block, what),
        modules=MODULES,
    )
    assert totals["named"] >= least * totals["n"]
    assert totals["another named"] <= 0.05 * totals["n"] + 2


@pytest.mark.statistical
@pytest.mark.parametrize("what", ["healthy", "split"])
def test_healthy_clusters_are_not_named(accumulate, seed_block, what):
    """Types of unequal depth, donors and batches, and halves of one type, are called technical in 5 % at most."""
    totals = accumulate(
        f"confounding_{what}",
        claim="a data set of healthy clusters has one that is called technical in at most 5 %",
        n=N_DATA_SETS,
        events=named(seed_block, what),
        modules=MODULES,
    )
    assert totals["another named"] <= 0.05 * totals["n"] + 1


def labelled(rng, *, n_donors, follows=0.0, donor_level=False, n=300):
    """Labels and a column that both depend on the lane; the labels follow the column within it by a share."""
    donor = rng.integers(0, n_donors, n)
    lane = donor % 3 if donor_level else rng.integers(0, 3, n)
    column_shares, label_shares = rng.dirichlet(np.full(3, 2.0), 3), rng.dirichlet(np.full(3, 2.0), 3)
    codes = np.array([rng.choice(3, p=column_shares[each]) for each in lane])
    if donor_level:
        # donors differ in their cells and have one status each, given at random
        label_shares = rng.dirichlet(np.full(3, 2.0), n_donors)
        codes = rng.permutation(np.arange(n_donors) % 2)[donor]
    within = donor if donor_level else lane
    labels = np.array([rng.choice(3, p=label_shares[each]) for each in within])
    labels = np.where(rng.random(n) < follows, codes, labels)
    roles = Roles(donor=column("donor", donor), batch=column("lane", lane))
    truth = column("status", codes, kind="biological")
    data = Dataset(pd.DataFrame(index=[f"c{i}" for i in range(n)]), truths={"status": truth}, roles=roles)
    judged = Judged("mine", labels.astype(np.int32), ("0", "1", "2"), own=True)
    return Request(data, judged, int(rng.integers(2**31))), truth, column_shares


@pytest.mark.statistical
@pytest.mark.parametrize("donor_level", [False, True])
def test_chance_is_kept_within_strata(accumulate, seed_block, donor_level):
    """Labels and a column that share only the lane, or only the donors, have p of 0.05 or less in about 5 %."""
    small, used = 0, 0
    for i in range(N_NULLS):
        rng = np.random.default_rng([6, seed_block * N_NULLS + i])
        request, truth, _ = labelled(rng, n_donors=12, donor_level=donor_level)
        held = [] if donor_level else [request.dataset.roles.batch]
        p = beyond(request, truth, held)["p"]
        used += np.isfinite(p)
        small += p <= 0.05
    totals = accumulate(
        f"confounding_null_{'donors' if donor_level else 'cells'}",
        claim="p of conditional agreement is 0.05 or less in 3 to 7 % of null data sets",
        n=used,
        events={"p at most 0.05": small},
        modules=("rashomon.ask.confounding.conditional", "rashomon.score.receptor.conditional"),
    )
    assert 0.03 <= totals["p at most 0.05"] / totals["n"] <= 0.07


@pytest.mark.statistical
def test_aliased_designs_are_never_estimated(accumulate, seed_block):
    """Columns that are one with the lane, or constant within it, have bounds and no value in every data set."""
    events = {"estimated": 0, "with bounds": 0}
    for i in range(N_NULLS):
        rng = np.random.default_rng([7, seed_block * N_NULLS + i])
        request, _, _ = labelled(rng, n_donors=12, follows=0.5)
        lane = request.dataset.roles.batch
        hidden = column("status", rng.permutation(3)[lane.codes] if i % 2 else lane.codes // 2, kind="biological")
        row = beyond(request, hidden, [lane], marginal=beyond(request, hidden, [])["value"])
        events["estimated"] += row["status"] == "estimated" or np.isfinite(row["value"])
        events["with bounds"] += row["bound_low"] == 0 and row["bound_high"] >= 0
    totals = accumulate(
        "confounding_aliased",
        claim="an aliased or nested column is never estimated",
        n=N_NULLS,
        events=events,
        modules=("rashomon.ask.confounding.conditional", "rashomon.ask.confounding.identifiable"),
    )
    assert totals["estimated"] == 0


def open_and_shared(column_shares, label_shares, follows, lanes):
    """H(A | B) and I(C; A | B) of the population, in nats."""
    open_ = shared = 0.0
    for lane, weight in enumerate(lanes):
        joint = (1 - follows) * np.outer(column_shares[lane], label_shares[lane]) + follows * np.diag(
            column_shares[lane]
        )
        a, c = joint.sum(axis=1), joint.sum(axis=0)
        open_ -= weight * (a * np.log(a)).sum()
        shared += weight * (joint * np.log(joint / np.outer(a, c))).sum()
    return open_, shared


@pytest.mark.statistical
def test_a_crossed_design_is_estimated_without_bias(record, seed_block):
    """The mean estimate over data sets is that of the population, and intervals over donors cover it in about 90 %."""
    off, covered, n = [], 0, 100
    for i in range(n):
        rng = np.random.default_rng([8, seed_block * n + i])
        column_shares, label_shares = rng.dirichlet(np.full(3, 5.0), 3), rng.dirichlet(np.full(3, 5.0), 3)
        follows = rng.uniform(0.2, 0.9)
        donor, lane = rng.integers(0, 10, 600), rng.integers(0, 3, 600)
        codes = np.array([rng.choice(3, p=column_shares[each]) for each in lane])
        chance = np.array([rng.choice(3, p=label_shares[each]) for each in lane])
        labels = np.where(rng.random(600) < follows, codes, chance).astype(np.int32)
        roles = Roles(donor=column("donor", donor), batch=column("lane", lane))
        data = Dataset(pd.DataFrame(index=[f"c{j}" for j in range(600)]), roles=roles)
        request = Request(data, Judged("mine", labels, ("0", "1", "2"), own=True), i, budget="default")
        row = beyond(request, column("status", codes, kind="biological"), [roles.batch])
        open_, shared = open_and_shared(column_shares, label_shares, follows, np.full(3, 1 / 3))
        off.append(row["value"] - shared / open_)
        covered += row["low"] <= shared / open_ <= row["high"]
    figures = {"mean difference": float(np.mean(off)), "largest": float(np.abs(off).max()), "covered": covered / n}
    claim = "conditional agreement on a crossed design is unbiased within 0.01; its interval covers in 90 % or more"
    record("confounding_crossed", claim=claim, seed=seed_block, figures=figures)
    assert abs(figures["mean difference"]) < 0.01
    assert figures["covered"] >= 0.88
