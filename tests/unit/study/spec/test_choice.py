import ast
from pathlib import Path

import numpy as np
import pytest

import rashomon.multiverse
from rashomon.multiverse import expression_multiverse, receptor_multiverse
from rashomon.multiverse.data_choice import BEFORE_VIEW
from rashomon.study.spec.choice import CHOICES, MOST_PIPELINES, level_faults, setting_faults
from tests import planted, planted_receptors

OWN = {"matrix_step", "view_step"}


def offered(multiverse):
    """Names of all choices that a multiverse made, or could not make."""
    return {choice.name for choice in multiverse.choices} | {entry.choice for entry in multiverse.not_run}


def literals():
    """Every text in the source of the multiverses."""
    files = Path(rashomon.multiverse.__file__).parent.glob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def made():
    """Names that stand as the first argument of a `Choice` in the source."""
    files = Path(rashomon.multiverse.__file__).parent.glob("*.py")
    calls = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    named = [node for node in calls if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Choice", "_choice"}]
    return {arg.value for node in named for arg in node.args[:2] if isinstance(arg, ast.Constant)}


def test_every_choice_of_a_multiverse_can_be_written():
    """Those that the source makes, those before the view, and none that no multiverse knows."""
    assert (made() | set(BEFORE_VIEW)) - OWN <= set(CHOICES)
    assert set(CHOICES) <= literals()


def test_multiverses_of_data_offer_no_other_choices():
    """Of cells and of receptors, at the full budget."""
    table = planted_receptors.frame(60, np.random.default_rng(0)).assign(cluster=0)
    assert offered(expression_multiverse(planted.dataset(), budget="full")) - OWN <= set(CHOICES)
    assert offered(receptor_multiverse(planted_receptors.dataset(table), budget="full")) <= set(CHOICES)


def test_levels_are_of_their_kind():
    """Whole numbers, numbers, words of a registry, and words that only the data decide."""
    good = {"n_pcs": 20.0, "n_genes": "all", "resolution": 0.5, "seed": 0, "metric": "cosine", "scale": "whatever",
            "distance": "clone", "excluded_genes": "none"}  # fmt: skip
    assert list(setting_faults(good)) == []
    bad = {"n_pcs": 0, "n_genes": "some", "resolution": 0, "seed": -1, "metric": "cosin", "scale": 3, "k": 2.5}
    assert [fault.path for fault in setting_faults(bad)] == [(name,) for name in bad]


def test_lists_of_levels_are_bounded():
    """Levels of fineness and seeds make no more pipelines; a level named twice makes one."""
    many = list(range(1, MOST_PIPELINES + 2))
    assert list(level_faults({"resolution": many, "n_pcs": [20] * len(many)})) == []
    (fault,) = level_faults({"n_pcs": many})
    assert "5,001 combinations" in fault.found


def test_all_faults_of_a_mapping_are_found():
    """An unknown choice, an empty list and a level of another type, each with its place."""
    given = {"n_pcss": [1], "n_pcs": [], "k": [2, None], "seeds": []}
    paths = {(fault.path, fault.of_key) for fault in level_faults(given)}
    assert paths == {
        (("n_pcss",), True),
        (("n_pcs",), False),
        (("k", 1), False),
        (("seeds",), True),
        (("seeds",), False),
    }


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_says_what_it_decides(name):
    """In a line for tables and templates."""
    assert CHOICES[name].summary
    assert isinstance(CHOICES[name].known, tuple)
