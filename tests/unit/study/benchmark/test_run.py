"""Running a benchmark: from a specification to tables, the same for every engine, with methods of the user."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.engine import DirectoryStore, Engine
from rashomon.sim import World, write_world
from rashomon.study.benchmark import plan_spec, run_benchmark, run_plan
from rashomon.study.benchmark.grid import REFERENCE
from rashomon.study.benchmark.level import levels_of
from rashomon.study.benchmark.pipeline import Methods
from rashomon.study.benchmark.table import ALL_PIPELINES
from rashomon.study.spec import read_spec
from tests.small_benchmark import make_plan, small_benchmark


@pytest.fixture(scope="module")
def found():
    """What the small benchmark found."""
    return small_benchmark()


RECEPTORS = World("public", {"n_donors": 3, "public_share": 0.5, "n_public": 20, "n_epitopes": 2, "binder_share": 0.8},
                  parts=("receptors",))  # fmt: skip
PLAIN = {"normalise": ["log CP10k"], "n_genes": ["all"], "scale": ["none"], "n_pcs": [10],
         "n_neighbours": [6], "resolution": [1.0], "seed": [0]}  # fmt: skip


def specified(**changed):
    """Return a specification with the fields of `rashomon.study.spec.BenchmarkSpec`."""
    worlds = {"world": "ideal", "n_obs": 60, "knobs": {"n_genes": 250}, "sweep": "one at a time",
              "levels": {"effect_size": [0.0]}, "n_points": None, "n_seeds": 1}  # fmt: skip
    worlds |= {name: changed.pop(name) for name in list(changed) if name in worlds}
    fields = {"truths": ("type",), "scores": ("ari",), "pipelines": (), "multiverse": PLAIN, "clusterers": (),
              "steps": (), "max_pipelines": None, "budget": "quick", "controls": True, "seed": 0}  # fmt: skip
    return SimpleNamespace(data=SimpleNamespace(worlds=SimpleNamespace(**worlds)), **{**fields, **changed})


@pytest.mark.statistical  # ten seconds
def test_every_engine_gives_the_same_tables(tmp_path):
    """Two worker processes and a store on disk change no number, and a second run computes nothing anew."""
    plan = make_plan(n_seeds=1, levels={"effect_size": [3.0]}, scores=["ari", "silhouette", "modularity"])
    expected = run_plan(plan, entropy=5)
    store = DirectoryStore(tmp_path)
    again = run_plan(plan, entropy=5, store=store, engine=Engine("processes", n_jobs=2))
    for name, table in expected.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    assert len(files) == 1 + 4 + 4 + 1
    run_plan(plan, entropy=5, store=store)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == files


def test_types_that_differ_are_found_and_others_are_not(found):
    """At effect size 3 the pipelines agree with the types, at 0 they are at chance; the truth itself scores 1."""
    effects = found.tables["effects"]
    mean = effects[(effects["score"] == "ari") & (effects["truth"] == "type") & (effects["pipeline"] == ALL_PIPELINES)]
    by_level = mean[mean["knob"] == "effect_size"].set_index("level")["mean"]
    assert by_level["3.0"] > 0.5
    assert abs(by_level["0.0"]) < 0.1
    assert (found.tables["scores"].query("score == 'ari' and truth == 'type'")["positive"] == 1.0).all()


def test_without_an_effect_nothing_is_attainable_by_any_score():
    """Also not by scores that depend on the sizes of clusters, or that judge labels alone."""
    plan = make_plan(scores=["ami", "fowlkes_mallows", "best_jaccard", "variation_of_information", "silhouette"],
                     levels={"effect_size": [0.0]}, truths=("type",))  # fmt: skip
    ranking = run_plan(plan, entropy=5).tables["ranking"]
    assert set(ranking[ranking["level"] == "0.0"]["word"]) == {"nothing attainable"}
    assert "nothing attainable" not in set(ranking[ranking["level"] == "3.0"]["word"])


def test_the_common_view_ranks_what_own_views_cannot(found):
    """On it every run has every score, whatever the pipeline makes itself."""
    scores = found.tables["scores"]
    assert scores[(scores["view"] == REFERENCE) & (scores["score"] == "modularity")]["value"].notna().all()


def test_a_method_of_the_user_stands_in_the_same_tables(tmp_path, monkeypatch):
    """It is scored, controlled and ranked like the others; one that fails is a row with its reason."""
    good = "def halves(view):\n    return (view[:, 0] > 0).astype(int)\n"
    (tmp_path / "own_benchmarked.py").write_text(f"{good}\n\ndef broken(view):\n    raise ValueError('no')\n")
    monkeypatch.syspath_prepend(tmp_path)
    methods = Methods(
        multiverse={**PLAIN, "integrate": ["none"]}, clusterers=["own_benchmarked:halves", "own_benchmarked:broken"]
    )
    plan = make_plan(methods=methods, n_seeds=1, scores=["ari"], levels={"effect_size": [0.0]})
    found = run_plan(plan, entropy=5)
    scores = found.tables["scores"].query("truth == 'type' and point == 'fixed point'").set_index("pipeline")
    assert set(scores.index) == {"clusterer=leiden", "clusterer=halves", "clusterer=broken"}
    assert scores.loc["clusterer=halves", "value"] > 0.5
    assert np.isnan(scores.loc["clusterer=broken", "value"])
    assert "no" in scores.loc["clusterer=broken", "reason"]
    assert found.failed["pipeline"].tolist() == ["clusterer=broken"] * 2


def test_receptors_are_benchmarked_by_their_own_scores():
    """Purity has controls: permuted labels below, the truth itself above."""
    spec = specified(scores=("purity", "retention", "n_clusters", "ari"), truths=("epitope", "donor"), world="motifs",
                     n_obs=120, knobs=dict(RECEPTORS.given), levels={"public_share": [0.0]}, multiverse={},
                     pipelines=({"distance": "hamming", "clusterer": "component"},))  # fmt: skip
    found = run_benchmark(spec)
    scores = found.tables["scores"].query("point == 'fixed point'").set_index(["score", "truth"])
    assert scores.loc[("purity", "epitope"), "positive"] == 1.0
    assert scores.loc[("n_clusters", ""), "value"] > 3
    assert scores["attainable"].isna().all()
    assert found.tables["not_run"].query("name == 'ari'")["because"].tolist() == ["it is a score of cells"]


def test_a_world_may_be_a_file_beside_the_specification(tmp_path):
    """Knobs that are fixed in the specification are put in place of its own."""
    write_world(World("mine", {"n_groups": 2, "n_genes": 60, "n_markers": 10}), tmp_path / "mine.yaml")
    plan, _ = plan_spec(specified(world="mine.yaml", knobs={"n_groups": 3}), folder=tmp_path)
    assert plan.world.name == "mine"
    assert (plan.world.knobs["n_groups"], plan.world.knobs["n_genes"]) == (3, 60)


def test_what_is_unknown_stops_before_any_work():
    """Worlds, truths and scores; the sweep is announced before the first data set of a run."""
    with pytest.raises(UsageError, match="ideel"):
        plan_spec(specified(world="ideel"))
    with pytest.raises(UsageError, match="no truth 'typo'"):
        plan_spec(specified(truths=("typo",)))
    with pytest.raises(UsageError, match="unknown score"):
        plan_spec(specified(scores=("ary",)))
    said = []
    run_benchmark(specified(controls=False), announce=said.append)
    assert said[1] == "one at a time: 2 settings x 1 seeds = 2 data sets"


@pytest.mark.parametrize(("name", "n_settings", "n_scores"), [("expression", 13, 20), ("receptors", 11, 23)])
def test_the_examples_are_what_they_say(name, n_settings, n_scores):
    """Five knobs or more at three levels each, twenty seeds, ten pipelines, every score that applies."""
    file = Path(__file__).parents[4] / "examples" / f"benchmark_{name}.yaml"
    plan, left = plan_spec(read_spec(file)[0], folder=file.parent)
    levels = levels_of(plan.design)
    assert len(plan.design.levels) >= 5
    assert all(sum(level.knob == knob for level in levels) == 3 for knob in plan.design.levels)
    assert (len(plan.design.points), plan.design.n_seeds, len(plan.pipelines)) == (n_settings, 20, 10)
    assert len(plan.measures) == n_scores
    assert {each.because for each in left} <= {
        "it is a score of cells",
        "it is a score of receptors",
        "it needs a classifier between halves",
    }
