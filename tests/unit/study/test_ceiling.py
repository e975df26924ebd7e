import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged
from rashomon.core import RowLog, silent
from rashomon.dataset import Ceiling, Dataset, Truth, WorldFacts
from rashomon.study import AuditOptions, audit
from rashomon.study.ceiling import COLUMNS, against_ceilings

SCORES = pd.DataFrame(
    [
        ("mine", "type", "ari", 0.6),
        ("run1", "type", "ari", 0.7),
        ("run2", "type", "ari", 0.7),
        ("run3", "type", "ari", math.nan),
        ("mine", "type", "ami", 0.5),
        ("mine", "batch", "ari", 0.1),
    ],
    columns=["run", "truth", "score", "value"],
)
CEILING = Ceiling("type", "ari", 0.8, 0.01, 0.0, "arg-max posterior")


def data(*ceilings, **changed):
    world = WorldFacts("w", "ab" * 32, ceilings=ceilings, oracle="oracle")
    return replace(Dataset(pd.DataFrame(index=[f"c{i}" for i in range(20)]), rows=RowLog(20), world=world), **changed)


def row(*ceilings, **changed):
    (found,) = against_ceilings(data(*ceilings, **changed), "mine", SCORES)["ceilings"].to_dict("records")
    return found


def test_a_row_holds_what_was_reached_and_what_could_be():
    """Of the judged labels, of the best run, and of any method; the share lies between chance and the ceiling."""
    found = row(CEILING)
    assert (found["value"], found["best_run"], found["best_value"], found["ceiling"]) == (0.6, "run1", 0.7, 0.8)
    assert found["normalised"] == pytest.approx(0.75)
    assert (found["oracle"], found["rule"], found["reason"]) == ("oracle", "arg-max posterior", "")
    assert tuple(found) == COLUMNS


@pytest.mark.parametrize(
    ("ceiling", "changed", "reason"),
    [
        (replace(CEILING, value=math.nan), {}, "the ceiling is unknown"),
        (replace(CEILING, truth="other"), {}, "the labels were not compared with this truth by this score"),
        (replace(CEILING, score="nmi"), {}, "the labels were not compared with this truth by this score"),
        (CEILING, {"rows": RowLog(21).drop("within", "outside", ["x"])}, "only a part of the cells was audited"),
        (replace(CEILING, n_obs=21), {}, "the ceiling was computed for another number of cells"),
        (replace(CEILING, chance=0.78), {}, "the ceiling is not above chance by three standard errors"),
    ],
)
def test_where_no_share_can_be_given_there_is_a_reason(ceiling, changed, reason):
    """And no number; the healthy neighbour has one."""
    found = row(ceiling, **changed)
    assert found["reason"].startswith(reason)
    assert math.isnan(found["normalised"])
    assert row(replace(CEILING, n_obs=20))["reason"] == ""


def test_measured_data_have_no_such_table():
    """Nor have worlds without a ceiling."""
    assert against_ceilings(data(world=None), "mine", SCORES) == {}
    assert against_ceilings(data(), "mine", SCORES) == {}


def test_an_audit_of_simulated_data_says_so():
    """In the record of its call and in a table, whose score is that of scikit-learn; measured data have neither."""
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(2)
    truth = Truth("type", "mechanism", rng.integers(0, 3, 60).astype(np.int32), ("a", "b", "c"), "external")
    codes = np.where(rng.random(60) < 0.2, rng.integers(0, 3, 60), truth.codes).astype(np.int32)
    dataset = Dataset(
        pd.DataFrame(index=[f"c{i}" for i in range(60)]),
        truths={"type": truth},
        world=WorldFacts("w", "ab" * 32, ceilings=(CEILING,)),
    )
    judged = Judged("mine", codes, ("0", "1", "2"), own=True)
    found = audit(dataset, judged, options=AuditOptions(announce=silent))
    assert found.spec["simulated"] == {"name": "w", "digest": "ab" * 32}
    expected = adjusted_rand_score(truth.codes, codes)
    assert found.tables["ceilings"]["value"].tolist() == [pytest.approx(expected)]
    assert found.tables["ceilings"]["normalised"].tolist() == [pytest.approx(expected / 0.8)]
    measured = audit(replace(dataset, world=None), judged, options=AuditOptions(announce=silent))
    assert "simulated" not in measured.spec
    assert "ceilings" not in measured.tables
