from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Finished, Judged, Request
from rashomon.ask.power.cluster import POWER_COLUMNS
from rashomon.ask.power.donor import CLUSTER_DONOR_COLUMNS
from rashomon.ask.power.draw import SIMULATED_COLUMNS
from rashomon.ask.power.question import LIMIT_COLUMNS, conclude, plan, slots
from rashomon.dataset import Dataset, Expression, Roles, Truth
from rashomon.engine import Record
from rashomon.multiverse import Wishes, expression_multiverse
from rashomon.sim import World
from tests.receptor_sample import receptors, table


def make(*, kind="counts", roles=None, n=300, effect=3.5):
    """Three groups, two of them large."""
    knobs = {"n_groups": 3, "n_genes": 200, "n_markers": 15, "effect_size": effect, "depth": 900.0}
    drawn = World("three", {**knobs, "proportions": [0.5, 0.4, 0.1]}).sample(n, rng=3)
    names = np.array([f"g{j}" for j in range(200)], dtype=object)
    obs = pd.DataFrame(index=[f"c{i}" for i in range(n)])
    x = drawn.counts.astype(np.float32).tocsr()
    data = Dataset(obs, Expression(x, names, kind), roles=roles or Roles())
    codes = np.asarray(drawn.obs["type"].cat.codes, dtype=np.int32)
    return Request(data, Judged("mine", codes, ("a", "b", "c"), own=True), 5, budget="quick")


def technical(name, codes):
    """A technical column."""
    values = np.asarray(codes, dtype=np.int32)
    return Truth(name, "technical", values, tuple(f"{name}{k}" for k in range(int(values.max()) + 1)))


def test_quick_answers_without_running_anything():
    """Closed forms: a row per cluster, and the smallest group that would have been seen; what more would add."""
    asked = make()
    assert plan(asked) == []
    said = conclude(asked, [])
    power = said.tables["power"]
    assert list(power.columns) == list(POWER_COLUMNS)
    assert power["says"].tolist() == ["enough"] * 3
    assert said.answer.verdict == "enough for 3 of 3 clusters"
    assert 0 < said.answer.estimate < 0.5
    assert said.tables["detectability"].empty
    assert list(said.tables["power_limits"].columns) == list(LIMIT_COLUMNS)
    assert "power_lines" not in said.tables
    assert slots(asked)["types"] is asked.judged.codes


def test_quick_says_what_a_larger_budget_would_add():
    """With a pipeline at hand; without one that none can be run."""
    asked = make()
    assert "no pipeline" in conclude(asked, []).answer.next_step
    multiverse = expression_multiverse(asked.dataset)
    assert "budget='default'" in conclude(replace(asked, multiverse=multiverse), []).answer.next_step


def test_the_default_budget_plans_64_draws():
    """At every resolution, behind one fit; of each point four are tested and two are asked for their ceiling."""
    asked = make()
    multiverse = expression_multiverse(asked.dataset, wishes=Wishes({"resolution": [1.0, 0.5]}))
    units = plan(replace(asked, multiverse=multiverse, budget="default"))
    assert len(units) == 1 + 2 * 64 + 8 * (4 + 2)
    draws = {tuple(u.facts[name] for name in ("n_obs", "depth", "strength", "replicate")) for u in units[1:]}
    assert len(draws) == 64
    assert max(n for n, *_ in draws) == 600


def test_a_fit_that_fails_leaves_the_closed_forms_and_the_reason():
    """Aliased types and batches, for example."""
    asked = replace(make(), multiverse=expression_multiverse(make().dataset), budget="default")
    units = plan(asked)
    failed = [Finished(unit, Record(status="failed", reason="types are batches"), "k") for unit in units]
    said = conclude(asked, failed)
    power = said.tables["power"]
    assert list(power.columns) == [*POWER_COLUMNS, *SIMULATED_COLUMNS]
    assert power["reason"].tolist() == ["types are batches"] * 3
    assert power["says"].tolist() == ["enough"] * 3
    assert said.answer.next_step == "Types are batches."
    assert "closed forms" in said.answer.text
    assert len(said.tables["power_lines"])


def test_without_counts_it_cannot_be_told():
    """The reason, and what to give; nothing is planned."""
    asked = replace(make(kind="lognormalised"), budget="default")
    said = conclude(asked, [])
    assert plan(asked) == []
    assert said.answer.status == "cannot tell"
    assert "holds no counts" in said.answer.verdict
    assert said.answer.next_step == "Give raw counts."


def test_small_clusters_cannot_be_told():
    """Clusters of fewer than ten cells, and no cluster at all."""
    asked = make()
    small = np.where(np.arange(300) < 9, 0, -1).astype(np.int32)
    few = conclude(replace(asked, judged=Judged("few", small, ("a",), own=True)), []).answer
    assert few.verdict == "cannot tell: no cluster has 10 cells"
    none = conclude(replace(asked, judged=Judged("none", np.full(300, -1), (), own=True)), []).answer
    assert none.status == "cannot tell"


def test_one_cluster_is_answered_by_the_smallest_group():
    """It has nothing to be told from, but groups within it could have been seen."""
    one = Judged("one", np.zeros(300, dtype=np.int32), ("all",), own=True)
    said = conclude(replace(make(), judged=one), [])
    assert said.answer.status == "cannot tell"
    assert said.answer.estimate is not None
    assert np.isfinite(said.tables["smallest_groups"]["fold"]).any()


def test_donors_of_two_conditions_have_a_least_p():
    """Four donors, two in each condition; in both conditions each, their signs are exchanged."""
    donor = technical("donor", np.arange(300) % 4)
    apart = Roles(donor=donor, condition=technical("condition", np.arange(300) % 2))
    within = Roles(donor=donor, condition=technical("condition", np.arange(300) // 150))
    assert (conclude(make(roles=apart), []).tables["power_donors"]["least_p"] == 2 / 6).all()
    table_ = conclude(make(roles=within), []).tables["power_donors"]
    assert (table_["least_p"] == 2 / 16).all()
    assert table_["chance_missed"].to_numpy() == pytest.approx((1 - table_["share_of_people"]) ** 4)


def test_fewer_cells_need_more():
    """Half the cells: factors about twice as large, and no smaller group is seen."""
    whole = conclude(make(n=600, effect=2.0), [])
    half = conclude(make(n=300, effect=2.0), [])
    ratio = half.tables["power"]["cells_factor"] / whole.tables["power"]["cells_factor"]
    assert ratio.median() == pytest.approx(2.0, rel=0.35)
    assert half.answer.estimate is None or half.answer.estimate >= whole.answer.estimate


def test_receptors_have_clones_in_place_of_clusters():
    """As many as were compared; donors beside."""
    rng = np.random.default_rng(0)
    aa = ["CASS" + "".join(rng.choice(list("ADEGHKL"), 5)) + "F" for _ in range(40)]
    data = table(receptors(aa), donor=[f"d{i % 2}" for i in range(40)], item="receptor")
    asked = Request(data, Judged("mine", np.zeros(40, dtype=np.int32), ("a",), own=True), 1, budget="default")
    assert plan(asked) == []
    said = conclude(asked, [])
    assert said.answer.verdict.startswith("enough for clones above")
    assert (said.tables["power"]["n_receptors"] == 40).all()
    assert (said.tables["power_donors"]["n_donors"] == 2).all()


def test_donors_of_every_cluster_are_counted():
    """A cluster that one donor of three has needs more donors; the answer says so. Those of all have enough."""
    asked = make()
    donor = np.where(asked.judged.codes == 2, 0, np.arange(300) % 3)
    said = conclude(replace(asked, dataset=replace(asked.dataset, roles=Roles(donor=technical("donor", donor)))), [])
    power = said.tables["power"]
    assert list(power.columns) == [*POWER_COLUMNS, *CLUSTER_DONOR_COLUMNS]
    assert power["donors_with"].tolist() == [3, 3, 1]
    assert power["donors_say"].iloc[2].startswith("needs about 8 donors")
    assert "1 of 3 need more donors: c needs about 8 donors" in said.answer.text
