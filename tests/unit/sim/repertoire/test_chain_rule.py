"""What makes reading chains impossible."""

import pytest

from rashomon.sim.mechanism import KNOBS
from rashomon.sim.repertoire.chain_rule import chain_problems

DEFAULTS = {name: knob.default for name, knob in KNOBS.items()}


@pytest.mark.parametrize(
    ("given", "knob", "said", "healthy"),
    [
        ({"hypermutation": 0.01}, "hypermutation", "of B cells", {"loci": "IGH"}),
        ({"class_switching": 0.1, "loci": "TRA"}, "class_switching", "of B cells", {"loci": "IGH+IGL"}),
        ({"vj_dropout": 0.1}, "vj_dropout", "TRB have no such chain", {"loci": "TRA+TRB"}),
        ({"vdj_umis": 3.0, "loci": "TRA"}, "vdj_umis", "TRA have no such chain", {"loci": "TRB"}),
        ({"index_hopping": 0.1}, "index_hopping", "no batch holds a second sample", {"n_donors": 2}),
        (
            {"index_hopping": 0.1, "n_donors": 3, "n_batches": 3, "batch_plan": "nested"}, "index_hopping",
            "no batch holds a second sample", {"n_donors": 4},
        ),
    ],
)  # fmt: skip
def test_each_rule_names_knob_and_problem(given, knob, said, healthy):
    """One broken rule is one problem, at its knob; its legal neighbour has none."""
    ((found, what, fix),) = chain_problems({**DEFAULTS, **given})
    assert (found, said in what, bool(fix)) == (knob, True, True)
    assert list(chain_problems({**DEFAULTS, **given, **healthy})) == []


def test_neutral_worlds_have_no_problem():
    """Nothing is wrong where nothing was turned."""
    assert list(chain_problems(DEFAULTS)) == []
