"""Units of the multiverse: one per pipeline, with shared prefixes, and scores where the view is."""

from rashomon.multiverse import Executor, Wishes, expression_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit, label_units, reference_unit, score_units
from rashomon.score.step import VIEW_STEPS
from tests.planted import dataset

DATA = dataset()
MULTIVERSE = expression_multiverse(DATA, n_clusters=3, wishes=Wishes(clusterers=["kmeans"]))
UNITS = label_units(MULTIVERSE)
EXECUTOR = Executor(slots_of(DATA), 0)


def test_one_unit_per_pipeline():
    """Each keeps labels and rows, and its facts are the choices as columns, None where one does not apply."""
    assert len(UNITS) == len(MULTIVERSE)
    for unit, pipeline in zip(UNITS, MULTIVERSE, strict=True):
        assert unit.keep == ("labels", "rows")
        assert {choice.name: unit.facts[choice.name] for choice in MULTIVERSE.choices} == {
            choice.name: pipeline.get(choice.name) for choice in MULTIVERSE.choices
        }
        assert unit.facts["pipeline"] == MULTIVERSE.name(pipeline)
        assert unit.facts["branch"] == MULTIVERSE.branch(pipeline)


def test_every_choice_changes_the_key_and_the_name():
    """No two pipelines share a record or the name of a run: no choice is declared and then ignored."""
    keys = EXECUTOR.keys(UNITS)
    assert len(set(keys)) == len(UNITS)
    assert len({unit.facts["run"] for unit in UNITS}) == len(UNITS)


def test_prefixes_are_shared():
    """Each distinct step is planned once: one filter, one logarithm per depth, one decomposition per matrix."""
    plan, _ = EXECUTOR.plan(UNITS)
    n_matrices = (2 * 2 + 1) * 2
    assert plan.count_steps() == {
        "filter": 1,
        "log_normalise": 2,
        "variable_genes": 3,
        "pearson_residuals": 2,
        "scale": 4,
        "pca": n_matrices,
        "take_pcs": n_matrices,
        "neighbours": n_matrices,
        "fuzzy_graph": n_matrices,
        "igraph": n_matrices,
        "leiden": n_matrices * 3 * 2,
        "kmeans": n_matrices * 3 * 2,
    }


def test_a_view_has_one_name():
    """Pipelines that cluster the same view name it alike; other settings before it name it otherwise."""
    before = ("normalise", "n_genes", "scale", "n_pcs")
    named = {(tuple(unit.facts[name] for name in before), unit.facts["view"]) for unit in UNITS}
    assert len(named) == len({view for _, view in named}) == len({settings for settings, _ in named}) == 10


def test_views_are_scored_for_the_first_seed():
    """Every score that needs a view or graph, where there is one, on the path that made it; first seed only."""
    scored = score_units(UNITS)
    assert {unit.facts["seed"] for unit in scored} == {0}
    assert {unit.facts["score"] for unit in scored} == set(VIEW_STEPS)
    on_graph = {name for name, step in VIEW_STEPS.items() if "graph" in step.reads}
    for unit in scored:
        assert unit.path[-1].params == {"name": unit.facts["score"]}
        assert not (unit.facts["score"] in on_graph and unit.facts["clusterer"] == "kmeans")
    expected = [
        (unit.facts["run"], name)
        for unit in UNITS
        for name, step in VIEW_STEPS.items()
        if unit.facts["seed"] == 0 and set(step.reads) <= {"view"}.union(*(call.step.writes for call in unit.path))
    ]
    assert [(unit.facts["run"], unit.facts["score"]) for unit in scored] == expected
    assert score_units([]) == []


def test_perturbations_come_first():
    """What disturbs the data stands first and changes the run, which computes leading components only."""
    start = (UNITS[0].path[0],)
    plain = label_unit(MULTIVERSE.default, MULTIVERSE, facts=FULL_DATA)
    disturbed = label_unit(MULTIVERSE.default, MULTIVERSE, start=start, facts={"perturbation": "x", "replicate": 1})
    assert disturbed.path[:1] == start
    pairs = list(zip(disturbed.path[1:], plain.path, strict=True))
    assert all(new == old for new, old in pairs if old.step.name != "pca")
    assert [(new.step.name, new.params) for new, old in pairs if old.step.name == "pca"] == [
        ("leading_pca", {"n_comps": 20})
    ]
    assert disturbed.facts["run"] != plain.facts["run"]


def test_the_reference_is_a_prefix():
    """The reference view costs nothing beside the pipelines: its path is theirs."""
    plan, _ = EXECUTOR.plan(UNITS)
    before = len(plan.nodes)
    unit = reference_unit(MULTIVERSE, MULTIVERSE.default)
    assert set(unit.keep) == {"knn_indices", "rows", "view"}
    plan.add(unit.path, keep=unit.keep)
    assert len(plan.nodes) == before
