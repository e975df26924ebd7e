"""Impossible worlds are refused with everything that is wrong."""

import pytest

from rashomon.core import UsageError
from rashomon.sim.check import Problem, problems, refuse_problems, resolve_knobs

TWIN = {"gene": 100, "type": 3, "donor": 2, "batch": 2}


@pytest.mark.parametrize(
    ("given", "knob", "said", "fix", "healthy"),
    [
        ({"efect_size": 1.0}, "efect_size", "there is no such knob", "mean 'effect_size'", {"effect_size": 1.0}),
        ({"n_groups": 2.5}, "n_groups", "n_groups is 2.5", "an integer >= 1", {"n_groups": 2}),
        ({"depth_sd": -1}, "depth_sd", "depth_sd is -1", "a number >= 0 and <= 5", {"depth_sd": 1}),
        ({"label_noise": 1.2}, "label_noise", "label_noise is 1.2", "and <= 1", {"label_noise": 1.0}),
        ({"type_strength": 2.0}, "type_strength", "knob of fitted worlds", "leave it out", {"type_strength": 1.0}),
        ({"hierarchy": {"a": ["b"], "b": ["a"]}}, "hierarchy", "cycle: a > b", "once",
         {"hierarchy": {"a": ["b", "c"]}}),
        ({"hierarchy": [2, 2], "n_groups": 3}, "hierarchy", "has 4 types", "leave n_groups", {"hierarchy": [2, 2]}),
        ({"n_groups": 2, "proportions": [1.0]}, "proportions", "1 shares for 2 types", "one per type",
         {"n_groups": 2, "proportions": [0.5, 0.5]}),
        ({"hierarchy": [2, 2], "level_effects": [1.0]}, "level_effects", "1 effects for 2 levels", "one per level",
         {"hierarchy": [2, 2], "level_effects": [1.0, 2.0]}),
        ({"rare_share": 0.1}, "rare_share", "one type cannot be rare", "raise n_groups",
         {"rare_share": 0.1, "n_groups": 2}),
        ({"n_genes": 50, "n_groups": 3, "n_markers": 17}, "n_markers", "51 markers in 50 genes", "lower n_markers",
         {"n_genes": 51, "n_groups": 3, "n_markers": 17}),
        ({"n_genes": 50, "hierarchy": [2, 2], "n_markers": 9}, "n_markers", "54 markers in 50", "lower",
         {"n_genes": 54, "hierarchy": [2, 2], "n_markers": 9}),
        ({"topology": "line", "n_groups": 2}, "topology", "a line has no groups", "or topology", {"topology": "line"}),
        ({"path_length": 1.0}, "path_length", "groups have no path", "set topology",
         {"path_length": 1.0, "topology": "line"}),
        ({"topology": "line", "n_branches": 5}, "n_branches", "line has no branches", "branching",
         {"topology": "branching", "n_branches": 5}),
        ({"batch_plan": "nested", "batch_association": 0.2, "n_donors": 2}, "batch_association",
         "nested donors decide", "crossed", {"batch_plan": "crossed", "batch_association": 0.2}),
        ({"batch_plan": "nested", "n_batches": 3, "n_donors": 2}, "batch_plan", "2 donors cannot fill 3", "add donors",
         {"batch_plan": "nested", "n_batches": 3, "n_donors": 3}),
        ({"depth_min": 100.0}, "depth_min", "without spread", "set depth_sd", {"depth_min": 100.0, "depth_sd": 0.5}),
        ({"depth_min": 1e6, "depth_sd": 0.5}, "depth_min", "sd above a typical cell", "lower depth_min",
         {"depth_min": 4e4, "depth_sd": 0.5}),
        ({"label_confusion": "sibling"}, "label_confusion", "no siblings", "set hierarchy",
         {"label_confusion": "sibling", "hierarchy": [2, 2]}),
    ],
)  # fmt: skip
def test_each_rule_names_knob_problem_and_way_out(given, knob, said, fix, healthy):
    """One broken rule is one problem, at its knob, with what to do; its legal neighbour has none."""
    (found,) = problems(given)
    assert found.knob == knob
    assert said in found.what
    assert fix in found.fix
    assert problems(healthy) == []


def test_all_problems_are_listed_at_once():
    """One error has a line for every problem, with the nearest names and legal ranges."""
    with pytest.raises(UsageError, match="the world has 3 errors") as error:
        resolve_knobs({"n_gruops": 2, "depth": "deep", "swapping": 3, "depth_sd": 1.0})
    text = str(error.value)
    assert "n_gruops: there is no such knob; did you mean 'n_groups'?" in text
    assert "depth: depth is 'deep'; expected a number >= 0 and <= 1e+09" in text
    assert "swapping: swapping is 3" in text
    assert error.value.code == "world.knobs"


def test_rules_between_knobs_are_listed_together():
    """Several broken rules between legal values are all found."""
    given = {"rare_share": 0.1, "path_length": 1.0, "batch_plan": "nested", "n_batches": 4, "depth_min": 5.0}
    assert {found.knob for found in problems(given)} == {"rare_share", "path_length", "batch_plan", "depth_min"}


def test_places_in_a_file_replace_names():
    """A problem is shown where its knob stands, or by its name where nobody knows; none raise nothing."""
    found = [Problem("depth", "it is deep", "lower it"), Problem("other", "it is odd", "leave it out")]
    with pytest.raises(UsageError, match=r"world.yaml:3:1: it is deep; lower it\n  - other: it is odd"):
        refuse_problems(found, where="world.yaml", places={"depth": "world.yaml:3:1"})
    refuse_problems([], where="world.yaml")


def test_a_twin_keeps_what_was_fitted():
    """What the tables of a twin decide cannot be set to anything else; what they say, and other knobs, can."""
    assert [found.knob for found in problems({"n_groups": 4, "n_donors": 9, "n_batches": 3}, TWIN)] == [
        "n_batches", "n_donors", "n_groups",
    ]  # fmt: skip
    assert problems({"n_groups": 3, "n_donors": 2, "batch_strength": 2.0}, TWIN) == []
    assert [found.knob for found in problems({"dispersion": 0.3}, TWIN)] == ["dispersion"]
    null = {**TWIN, "type": 1}
    assert problems({"n_groups": 4, "n_markers": 5}, null) == []
    assert [found.knob for found in problems({"topology": "line"}, TWIN)] == ["topology"]


def test_a_hierarchy_counts_its_types():
    """n_groups follows the hierarchy."""
    assert resolve_knobs({"hierarchy": [2, 3]})["n_groups"] == 6
    assert resolve_knobs({"n_groups": 5})["n_groups"] == 5
