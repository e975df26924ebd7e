"""What makes worlds of receptors impossible."""

import pytest

from rashomon.core import UsageError
from rashomon.sim import KNOBS, World
from rashomon.sim.repertoire.rule import motif_problems, receptor_problems

DEFAULTS = {name: knob.default for name, knob in KNOBS.items()}
ILL = {"n_epitopes": 1, "disease_share": 0.5, "n_donors": 4}


@pytest.mark.parametrize(
    ("knobs", "name", "what", "healed"),
    [
        ({"binder_share": 0.5}, "binder_share", "no receptor can see an epitope", {"n_epitopes": 1}),
        ({"unlabelled": 0.5}, "unlabelled", "no receptor can see an epitope", {"n_epitopes": 1}),
        ({"false_label": 0.5}, "false_label", "no receptor can see an epitope", {"n_epitopes": 1}),
        ({"n_epitopes": 1, "loci": "IGH"}, "n_epitopes", "seen by T cells, not by antibodies", {"loci": "TRB"}),
        ({"invariant_share": 0.1, "loci": "TRB"}, "invariant_share", "known by their alpha chain", {"loci": "TRA"}),
        ({"orphan_share": 0.3}, "orphan_share", "it is 0.3", {"orphan_share": 0.5}),
        ({"orphan_share": 0.0}, "orphan_share", "it is 0", {"orphan_share": -1.0}),
        ({"n_clones": 3, "n_donors": 4}, "n_clones", "3 clones cannot be of 4 donors", {"n_clones": 4}),
        ({"clone_exponent": 1.0}, "clone_exponent", "every cell is a clone of its own", {"n_clones": 9}),
        ({"expansion": -1.0}, "expansion", "every cell is a clone of its own", {"n_clones": 9}),
        (
            {"expansion_state": 0.1, "n_groups": 2}, "expansion_state", "every cell is a clone of its own",
            {"n_clones": 9},
        ),
        ({"witness_rate": 0.1, "n_epitopes": 1}, "witness_rate", "no donor is ill", ILL),
        ({"disease_hla": 0.1, "n_epitopes": 1}, "disease_hla", "no donor is ill", ILL),
        ({"disease_batch": 0.1, "n_epitopes": 1}, "disease_batch", "no donor is ill", ILL),
        (
            {**ILL, "disease_batch": 0.1, "batch_plan": "nested", "n_batches": 2}, "disease_batch",
            "nested donors decide the batch", {"batch_plan": "crossed"},
        ),
        ({"hypermutation": 0.01}, "hypermutation", "of B cells", {"loci": "IGH"}),
        ({"class_switching": 0.1, "loci": "TRA"}, "class_switching", "of B cells", {"loci": "IGH+IGL"}),
        ({"vj_dropout": 0.1}, "vj_dropout", "TRB have no such chain", {"loci": "TRA+TRB"}),
        ({"vdj_umis": 3.0, "loci": "TRA"}, "vdj_umis", "TRA have no such chain", {"loci": "TRB"}),
        ({"index_hopping": 0.1}, "index_hopping", "no batch holds a second sample", {"n_donors": 2}),
        (
            {"index_hopping": 0.1, "n_donors": 3, "n_batches": 3, "batch_plan": "nested"}, "index_hopping",
            "no batch holds a second sample", {"n_donors": 4},
        ),
        ({"state_link": "nested"}, "state_link", "there is one type, and no path", {"n_groups": 2}),
        ({"state_link": "graded"}, "state_link", "there is one type, and no path", {"topology": "line"}),
        ({"state_link": "nested"}, "state_link", "there is one type", {"hierarchy": [2, 2]}),
        (
            {"linked_to": "epitope", "state_link": "nested", "n_groups": 3}, "linked_to", "there is no epitope whose",
            {"n_epitopes": 1},
        ),
        (
            {"linked_to": "epitope", "n_epitopes": 1, "n_groups": 2}, "linked_to", "clones say nothing of state",
            {"state_link": "nested"},
        ),
        ({"expansion_state": 0.1, "n_clones": 9}, "expansion_state", "there is one", {"n_groups": 2}),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_named(knobs, name, what, healed):
    """The knob, what is wrong and what to do; the healthy neighbour is accepted."""
    ((found, said, fix),) = receptor_problems({**DEFAULTS, **knobs})
    assert (found, bool(fix)) == (name, True)
    assert what in said
    assert list(receptor_problems({**DEFAULTS, **knobs, **healed})) == []


@pytest.mark.parametrize(
    ("preset", "loci", "most"),
    [("focused", "TRB", 150), ("public motif", "TRA+TRB", 37), ("public motif", "TRB", 75), ("alpha-driven", "TRA", 14),
     ("diffuse", "TRB", 12)],
)  # fmt: skip
def test_motifs_that_cannot_be_told_apart_are_refused(preset, loci, most):
    """When the world is described, not when it is drawn; as many as are allowed are accepted."""
    knobs = {"epitope_preset": preset, "loci": loci, "n_epitopes": most}
    assert list(motif_problems({**DEFAULTS, **knobs})) == []
    assert World("w", knobs, parts=("receptors",)).knobs["n_epitopes"] == most
    with pytest.raises(UsageError, match=r"motifs of [34] residues cannot be told apart"):
        World("w", {**knobs, "n_epitopes": most + 1}, parts=("receptors",))


def test_the_most_motifs_can_be_drawn():
    """As many as are allowed are found."""
    world = World("w", {"epitope_preset": "alpha-driven", "loci": "TRA", "n_epitopes": 14}, parts=("receptors",))
    assert world.scene(1, root=1)["epitope_signal"].size == 14


def test_a_world_says_all_of_it():
    """The error of the world lists every problem; receptor genes need an expression to be in."""
    with pytest.raises(UsageError, match="the world has 2 errors") as caught:
        World("w", {"binder_share": 0.5, "receptor_gene_depth": 1.0}, parts=("receptors",))
    assert "receptor_gene_depth: receptors alone have no expression" in caught.value.what
    assert World("w", {"receptor_gene_depth": 1.0}, parts=("expression", "receptors")).parts[1] == "receptors"
    with pytest.raises(UsageError, match="binder_share is a knob of receptors, and this world generates expression"):
        World("w", {"binder_share": 0.0})


def test_neutral_worlds_have_no_problem():
    """Nothing is wrong where nothing was turned."""
    assert list(receptor_problems(DEFAULTS)) == []


def test_epitopes_of_pairs_need_a_pair_each():
    """Fewer pairs than epitopes are refused, as many are not; without a number there are enough."""
    pairs = {"epitope_preset": "pair only", "loci": "TRA+TRB", "n_epitopes": 4}
    for n_motifs in (0, 4, 5):
        assert list(motif_problems({**DEFAULTS, **pairs, "n_motifs": n_motifs})) == []
    ((knob, what, _),) = motif_problems({**DEFAULTS, **pairs, "n_motifs": 3})
    assert (knob, what) == ("n_motifs", "3 pairs cannot be of 4 epitopes, which share all halves")


def test_as_many_pairs_as_motifs_can_be_told_apart():
    """Epitopes share the halves: 75 pairs have 150 motifs, whatever the number of epitopes."""
    pairs = {"epitope_preset": "pair only", "loci": "TRA+TRB", "n_epitopes": 75}
    assert list(motif_problems({**DEFAULTS, **pairs})) == []
    ((knob, what, _),) = motif_problems({**DEFAULTS, **pairs, "n_epitopes": 76})
    assert (knob, "152 motifs" in what) == ("n_epitopes", True)


def test_what_alpha_tells_needs_alpha():
    """An epitope that alpha tells is not planted in beta instead; with alpha, the world is made."""
    knobs = {"epitope_preset": "alpha-driven", "n_epitopes": 1}
    with pytest.raises(UsageError, match="alpha-driven epitopes are told by alpha"):
        World("w", {**knobs, "loci": "TRB"}, parts=("receptors",))
    assert World("w", {**knobs, "loci": "TRA+TRB"}, parts=("receptors",)).knobs["n_epitopes"] == 1
