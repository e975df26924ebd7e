"""Every knob and node of worlds of receptors keeps its promises; a new one needs a line in busy_receptor_world."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import LOCI
from rashomon.io.receptor.invariant import invariant_flags
from rashomon.sim import KNOBS, NODES, World
from rashomon.sim.check import problems
from rashomon.sim.hla import carriers, lineage_of
from rashomon.sim.node import Scene, play
from rashomon.sim.record import cell_table
from rashomon.sim.repertoire import epitope as epitope_module
from rashomon.sim.repertoire.chain import cell_receptors
from rashomon.sim.repertoire.knob import RECEPTOR_KNOBS
from rashomon.sim.repertoire.model import CLONE_NODES
from rashomon.sim.repertoire.state import LINKS
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine
from tests.busy_receptor_world import (
    BUSY,
    ERASED,
    GENES,
    LINE,
    OF_CHAIN,
    PAIRED,
    RECEPTORS,
    ROOT,
    TURNED,
    N,
    busy,
    busy_nodes,
    followers,
    moved,
    nodes_of,
    same,
    same_chains,
    scene_of,
    told,
)

PLAYED = [node.name for node in CLONE_NODES if node.mechanism is not None]

# registries


@pytest.mark.parametrize("knob", RECEPTOR_KNOBS, ids=lambda knob: knob.name)
def test_a_knob_is_one_of_receptors(knob):
    """It is refused in worlds of expression alone, legal by default, and its nodes exist in worlds of both."""
    assert [each.knob for each in problems({knob.name: knob.default})] == [knob.name]
    assert problems({knob.name: knob.default}, parts=PAIRED) == []
    assert all(NODES[name].of(PAIRED) for name in knob.nodes)


def test_every_node_of_receptors_is_reached_by_a_knob():
    """What no knob turns is decided by its parents alone."""
    turned = {name for knob in KNOBS.values() for name in knob.nodes}
    fixed = {"hla", "clone_donor", "clone_motif", "clone_expanded"}
    assert {node.name for node in CLONE_NODES} - turned == fixed


@dataclass(frozen=True, eq=False)
class Watched(Scene):
    """A scene that writes down which nodes were read."""

    read: set = field(default_factory=set)

    def __getitem__(self, name):
        self.read.add(name)
        return Scene.__getitem__(self, name)


PAIRED_NODES = [name for name, node in NODES.items() if node.mechanism and node.of(PAIRED) and not node.of(RECEPTORS)]


@pytest.mark.parametrize("name", [*PLAYED, "donor", "type", "batch_share", "batch"])
def test_a_mechanism_reads_its_parents_only(name):
    """What a mechanism reads among the nodes is declared as its parents, or the graph would lie."""
    scene = scene_of(busy())
    watched = Watched(**{part: getattr(scene, part) for part in Scene.__dataclass_fields__})
    NODES[name].mechanism(watched)
    assert sorted(watched.read - set(NODES[name].parents)) == []


@pytest.mark.parametrize("changes", [GENES, LINE], ids=["groups", "line"])
def test_mechanisms_of_paired_worlds_read_their_parents_only(changes):
    """So do those of expression, where cells have clones."""
    scene = scene_of(busy(parts=PAIRED, **changes))
    for name in (*PAIRED_NODES, "type", "donor"):
        watched = Watched(**{part: getattr(scene, part) for part in Scene.__dataclass_fields__})
        NODES[name].mechanism(watched)
        made_here = {each for each in watched.read if NODES[name].level != "cell" and NODES[each].level == "cell"}
        assert sorted(watched.read - made_here - set(NODES[name].parents)) == []


# interventions on nodes

SET = {"status": "ill", "clone_donor": "donor_2", "clone_epitope": "epitope_2", "clone_invariant": "iNKT",
       "clone_lineage": "CD8", "clone_public": 1, "clone_motif": -1, "clone_size": 1.0, "clone_label": "epitope_1",
       "clone_state": 0.3, "clone_expanded": 1, "clone": 7, "responder": 0, "epitope_share": 0.4, "hla": 2,
       "clone_family": 3}  # fmt: skip


@pytest.mark.parametrize("name", SET)
def test_an_intervention_reaches_descendants_only(name):
    """Setting a node leaves every node that is no descendant of it in the declared graph, to the last bit."""
    before, after = busy_nodes(), nodes_of(busy().do(**{name: SET[name]}))
    changed = moved(before, after)
    assert name in changed
    assert sorted(changed - followers([name], RECEPTORS)) == []


@pytest.mark.parametrize(("name", "said"), [
    ("epitope_signal", "motifs and genes per epitope"), ("vdj", "a sequence per chain"), ("vj", "a sequence per chain"),
])  # fmt: skip
def test_what_is_no_number_cannot_be_set(name, said):
    """Epitopes and sequences are refused when the world is made, not when it is drawn."""
    with pytest.raises(UsageError, match=f"{name} cannot be set: it has {said}"):
        busy().do(**{name: 0})


@pytest.mark.parametrize("value", [-1, 60, 0.5, True, "clone_1"])
def test_a_clone_that_is_not_there_is_refused(value):
    """Clones count from 0; the last one is taken."""
    with pytest.raises(UsageError, match="is no clone of this world") as caught:
        busy().do(clone=value)
    assert caught.value.expected == "an integer from 0 to 59"
    assert set(nodes_of(busy().do(clone=59))["clone"]) == {59}
    with pytest.raises(UsageError, match="no clone") as caught:
        busy(n_clones=0, clone_exponent=0.0, expansion=0.0, expansion_state=0.0).do(clone=0)
    assert caught.value.fix == "each cell is a clone of its own: turn n_clones first"


def test_every_node_of_clones_is_set_or_cannot_be():
    """A new node needs a value here."""
    # with -1 only, which it is in the busy world: test_the_neutral_value_removes_the_mechanism[cross_reactive]
    unsettable = {"epitope_signal", "vdj", "vj", "receptor_gene", "clone_second_epitope"}
    assert set(SET) | unsettable == {node.name for node in CLONE_NODES}


# interventions on knobs

SIZES = {"n_clones", "n_epitopes"}
TWINS = {knob.name for knob in RECEPTOR_KNOBS if knob.scope == "fitted"}
CONTEXT = {"loci": {"epitope_preset": "focused", "entanglement": 0.0}}
GENERATED = {"species", "loci", "selection"}
"""Knobs that make all chains others."""


def test_every_knob_is_turned():
    """A new knob of receptors needs a value, or a place among the sizes or twins."""
    assert {knob.name for knob in RECEPTOR_KNOBS} == set(TURNED) | SIZES | TWINS | {"receptor_gene_depth"}


@pytest.mark.parametrize("name", TURNED)
def test_a_knob_reaches_its_nodes_and_what_follows(name):
    """Turning a knob changes its declared nodes and their descendants, and nothing else to the last bit.

    So do chains: where clone, epitope, motif and kind of a cell stay, every letter does.
    """
    world = busy(**CONTEXT.get(name, {}))
    before = nodes_of(world) if name in CONTEXT else busy_nodes()
    after = nodes_of(world.do(**{name: TURNED[name]}))
    changed = moved(before, after)
    assert changed
    assert sorted(changed - followers(KNOBS[name].nodes, RECEPTORS)) == []
    if name in GENERATED:
        return
    kept = np.all([before[node] == after[node] for node in OF_CHAIN if before[node].size == N], axis=0)
    for node in OF_CHAIN[1:]:
        kept &= before[node][before["clone"]] == after[node][after["clone"]]
    if name == "planting":
        # other chains carry the motif, or none does
        kept &= (before["clone_motif"][before["clone"]] < 0).all(axis=1)
    kept &= (before["clone_motif"][before["clone"]] == after["clone_motif"][after["clone"]]).all(axis=1)
    if "epitope_signal" in KNOBS[name].nodes:
        kept &= before["clone_epitope"][before["clone"]] < 0
    assert kept.any()
    assert same_chains(before, after)[kept].all()


@pytest.mark.parametrize("change", [
    {"link_strength": 0.1}, {"unlabelled": 0.9}, {"clone_lineage": "CD4"}, {"disease_batch": 1.0},
    {"batch": "batch_1"}, {"type": "type_2"}, {"label_noise": 0.9}, {"cd4_share": 0.0},
], ids=str)  # fmt: skip
def test_chains_follow_clones_only(change):
    """State, batch, lineage, labels and annotation leave every chain, to the last bit."""
    before, after = busy_nodes(), nodes_of(busy().do(**change))
    assert moved(before, after)
    assert same_chains(before, after).all()


def test_taking_the_motif_away_leaves_the_other_residues():
    """do(clone_motif=-1): chains without a motif keep every letter, the others keep genes and length."""
    before, after = busy_nodes(), nodes_of(busy().do(clone_motif=-1))
    planted = (before["vdj"]["start"] >= 0) | (before["vj"]["start"] >= 0)
    np.testing.assert_array_equal(~same_chains(before, after), planted)
    assert 0 < planted.sum() < N
    assert (after["vdj"]["start"] == -1).all()
    for name in ("v", "j"):
        np.testing.assert_array_equal(before["vdj"][name], after["vdj"][name])
    lengths = (np.strings.str_len(each["vdj"]["junction"]) for each in (before, after))
    np.testing.assert_array_equal(*lengths)


# neutral values

BY_ITSELF = {
    "selection": "test_without_selection_chains_are_recombinations",
    "n_clones": "test_without_clones_every_cell_is_its_own",
    "entanglement": "test_entanglement_ties_genes_and_alleles_to_epitopes",
    "disease_hla": "test_status_goes_with_the_allele",
    "state_link": "test_without_a_link_types_come_from_the_donor",
    "link_strength": "test_without_a_link_types_come_from_the_donor",
    "receptor_gene_depth": "test_receptor_genes_are_added_behind",
    "unlabelled": "test_labels_are_wrong_as_often_as_said",
    "false_label": "test_labels_are_wrong_as_often_as_said",
    "false_label_clustering": "test_labels_are_wrong_as_often_as_said",
}


def test_every_neutral_value_is_tested():
    """A knob with a neutral value is in the table of removals, or has a test of its own that is named."""
    neutral = {knob.name for knob in RECEPTOR_KNOBS if knob.neutral is not None} - TWINS
    assert set(ERASED) | set(BY_ITSELF) == neutral
    assert set(ERASED) & set(BY_ITSELF) == set()
    assert all(name in globals() for name in BY_ITSELF.values())


@pytest.mark.parametrize("name", ERASED)
def test_the_neutral_value_removes_the_mechanism(name):
    """A busy world with one knob at its neutral value has the cells of the one whose mechanism was removed by hand."""
    case = ERASED[name]
    world = busy(**case.context)
    erase = case.erase(world) if callable(case.erase) else case.erase
    neutral = told(world.do(**{name: KNOBS[name].neutral}, **case.also), leave=case.leave)
    assert neutral == told(world.do(**erase), leave=case.leave)
    # and the knob did something before
    assert neutral != told(world, leave=case.leave)


def test_without_selection_chains_are_recombinations():
    """With no epitope and no selection, chains equal those of recombine for the numbers of the clones."""
    world = World("plain", {"loci": "TRA+TRB", "selection": "none"}, parts=RECEPTORS)
    cells = scene_of(world)
    for arm, locus in (("vdj", "TRB"), ("vj", "TRA")):
        expected = recombine(recombination_model("human", locus), stream_key(ROOT, arm), np.arange(N))
        for name in ("junction", "junction_aa", "v", "j", "d"):
            np.testing.assert_array_equal(cells[arm][name], getattr(expected, name))
        assert (cells[arm]["start"] == -1).all()


def test_without_clones_every_cell_is_its_own():
    """At n_clones=0 there are as many clones as cells, each with a receptor of its own and no column."""
    lone = {"n_clones": 0, "clone_exponent": 0.0, "expansion": 0.0, "expansion_state": 0.0, "public_share": 0.0,
            "invariant_share": 0.0}  # fmt: skip
    world = busy(**lone)
    cells = scene_of(world)
    np.testing.assert_array_equal(cells["clone"], np.arange(N))
    assert np.unique(cells["vdj"]["junction"]).size == N
    assert "clone" not in cell_table(cells)[0]


@pytest.mark.parametrize("change", [{"state_link": "independent"}, {"link_strength": 0.0}], ids=str)
def test_without_a_link_types_come_from_the_donor(change):
    """The type is the quantile of the composition of the donor, as in worlds without clones."""
    cells = scene_of(busy(expansion_state=0.0, **change))
    edges = np.cumsum(cells["composition"], axis=1)[cells["donor"], :-1]
    np.testing.assert_array_equal(cells["type"], (cells.chances("type") >= edges).sum(axis=1))
    linked = scene_of(busy(expansion_state=0.0))
    assert (linked["type"] != cells["type"]).mean() > 0.2
    line = busy(parts=PAIRED, **LINE, **change)
    np.testing.assert_array_equal(scene_of(line)["position"], scene_of(line).chances("position")[:, 0])


def test_receptor_genes_are_added_behind():
    """Counts of other genes do not change; each cell has molecules of its own V genes and no others."""
    silent, loud = (busy(parts=PAIRED, **{**GENES, "receptor_gene_depth": depth}).sample(N, rng=1) for depth in (0, 3))
    np.testing.assert_array_equal(loud.counts[:, :20].toarray(), silent.counts.toarray())
    counts = loud.counts[:, 20:].toarray()
    assert silent.var.index.tolist() == loud.var.index.tolist()[:20]
    chains, own = loud.receptors, np.zeros(counts.shape, dtype=bool)
    place = {name: column for column, name in enumerate(loud.var.index[20:])}
    for cell, code in zip(chains.obs, chains.v.codes, strict=True):
        own[cell, place[chains.v.names[code].partition("*")[0]]] = True
    assert not counts[~own].any()
    assert abs(counts[own].mean() - 3) < 5 * np.sqrt(3 / own.sum())


# cells and clones by address


@pytest.mark.parametrize("parts", [RECEPTORS, PAIRED], ids=["receptors", "paired"])
def test_any_cell_can_be_drawn_alone(parts):
    """A cell has, alone or in any order, the truths and chains that it has among all others."""
    world = busy(parts=parts, **(GENES if parts == PAIRED else {}))
    scene = world.scene(N, root=ROOT)
    whole = scene.cells(np.arange(N))
    table, _ = cell_table(whole)
    # one of a kind whose chains are longer than those of others
    long = int(np.flatnonzero(whole["clone_invariant"][whole["clone"]] == 2)[0])
    for units in (np.array([7]), np.array([long]), np.random.default_rng(0).permutation(N)[:30]):
        part = scene.cells(units)
        found = cell_table(part)[0]
        for name in found:
            assert found[name].tolist() == table[name].iloc[units].tolist()
        for arm in ("vdj", "vj"):
            assert same(part[arm], whole[arm][units])


def test_playing_twice_changes_nothing():
    """A scene that is played again keeps its values: mechanisms draw by address, not in turn."""
    scene = busy().scene(N, root=ROOT)
    again = play(replace(scene, values={}))
    assert moved(scene.values, again.values) == set()


def test_one_clone_is_one_donor_one_lineage_one_receptor():
    """Of all cells of a clone; invariant and public ones included."""
    drawn = busy().sample(400, rng=3)
    chains = drawn.receptors
    texts = np.array([f"{v}{j}{nt}" for v, j, nt in zip(chains.v.codes, chains.j.codes, chains.junction, strict=True)])
    obs = drawn.obs.assign(receptor=[":".join(texts[chains.obs == cell]) for cell in range(400)])
    for name in ("donor", "lineage", "epitope", "receptor", "invariant", "status", "motif"):
        assert obs.groupby("clone", observed=True)[name].nunique().max() == 1
    assert obs.groupby("clone", observed=True).size().max() > 5


# what epitopes mean

EPITOPES = {"n_donors": 30, "n_epitopes": 4, "binder_share": 0.6, "selection": "none", "entanglement": 1.0}


def test_carriers_only_respond():
    """At hla_restriction=1 a clone sees an epitope only where its donor carries the allele; class I means CD8."""
    cells = scene_of(World("hla", EPITOPES, parts=RECEPTORS), n=3000)
    seen, owner = cells["clone_epitope"], cells["clone_donor"]
    lineages = set()
    for number, each in enumerate(cells["epitope_signal"]):
        mine = seen == number
        assert carriers(cells["hla"], each.hla)[owner[mine]].all()
        wanted = lineage_of(each.hla)
        assert set(np.array(["CD4", "CD8"])[cells["clone_lineage"][mine]]) <= {wanted}
        lineages |= {wanted} if mine.any() else set()
    assert (seen >= 0).any()
    free = scene_of(World("free", {**EPITOPES, "hla_restriction": 0.0}, parts=RECEPTORS), n=3000)
    assert not all(
        carriers(free["hla"], each.hla)[owner[free["clone_epitope"] == number]].all()
        for number, each in enumerate(free["epitope_signal"])
    )


def test_entanglement_ties_genes_and_alleles_to_epitopes():
    """At 0 epitopes have the allele and the gene of the preset; at 1 each has its own, and binders no other gene."""
    tied, loose = (
        scene_of(World("w", {**EPITOPES, "n_epitopes": 8, "entanglement": how}, parts=RECEPTORS), n=400)
        for how in (1.0, 0.0)
    )
    assert {each.hla for each in loose["epitope_signal"]} == {"A*02:01"}
    assert {(each.v_beta.genes, each.v_beta.strength) for each in loose["epitope_signal"]} == {(("TRBV19",), 0.8)}
    assert np.ptp(loose["epitope_share"], axis=0).max() < 1e-12
    assert len({each.hla for each in tied["epitope_signal"]}) > 2
    assert len({each.v_beta.genes for each in tied["epitope_signal"]}) > 4
    assert np.ptp(tied["epitope_share"], axis=0).max() > 0.9
    model, chains = recombination_model("human", "TRB"), tied["vdj"]
    genes = np.array(model.v_genes)[model.v_gene_codes[chains["v"]]]
    for number, each in enumerate(tied["epitope_signal"]):
        mine = tied["clone_epitope"][tied["clone"]] == number
        assert set(genes[mine]) <= set(each.v_beta.genes)


def test_a_pair_tells_what_no_chain_does(monkeypatch):
    """Of a motif in both chains only, each chain alone is as frequent among binders as among others."""
    preset = epitope_module.PRESETS["public motif"]
    pair = replace(preset, arm="pair", orphan_share=0.6, v_alpha=epitope_module.NO_BIAS, v_beta=epitope_module.NO_BIAS)
    monkeypatch.setattr(epitope_module, "PRESETS", {"public motif": pair})
    knobs = {"loci": "TRA+TRB", "n_epitopes": 1, "binder_share": 0.5, "epitope_preset": "public motif",
             "hla_restriction": 0.0}  # fmt: skip
    scene = World("pair", knobs, parts=RECEPTORS).scene(4000, root=ROOT)
    binds, carries = scene["clone_epitope"] == 0, scene["clone_motif"] >= 0
    for column in (0, 1):
        table = [[(carries[:, column] & binds).sum(), (carries[:, column] & ~binds).sum()],
                 [(~carries[:, column] & binds).sum(), (~carries[:, column] & ~binds).sum()]]  # fmt: skip
        assert stats.fisher_exact(table).pvalue > 1e-3
        assert abs(carries[binds, column].mean() - 0.4) < 0.05
    assert carries.all(axis=1)[binds].mean() > 0.35
    assert not carries.all(axis=1)[~binds].any()


def test_public_receptors_are_the_same_in_all_donors():
    """One number of the list is one pair of chains, whoever has it; other clones share none."""
    cells = scene_of(busy(public_share=0.6, n_public=3, n_epitopes=0, **dict.fromkeys(
        ("binder_share", "witness_rate", "unlabelled", "false_label", "invariant_share"), 0.0
    )), n=300)  # fmt: skip
    listed = cells["clone_public"][cells["clone"]]
    donors = []
    for number in range(3):
        mine = listed == number
        assert all(np.unique(cells[arm]["junction"][mine]).size == 1 for arm in ("vdj", "vj"))
        donors.append(np.unique(cells["donor"][mine]).size)
    assert max(donors) > 2
    own = listed < 0
    assert np.unique(cells["vdj"]["junction"][own]).size == np.unique(cells["clone"][own]).size


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_invariant_cells_are_those_of_the_door(species):
    """The rule by which the door flags chains finds every planted MAIT and iNKT cell, by both chains."""
    world = World("kinds", {"species": species, "loci": "TRA+TRB", "selection": "none", "invariant_share": 0.5,
                            "inkt_share": 0.5}, parts=RECEPTORS)  # fmt: skip
    cells = scene_of(world)
    receptors = cell_receptors(cells)
    alpha = receptors.locus == LOCI.index("TRA")
    kind = cells["clone_invariant"]
    assert set(kind) == {0, 1, 2}
    flags = invariant_flags(receptors)
    for code, name in ((1, "mait_like"), (2, "inkt_like")):
        np.testing.assert_array_equal(receptors.flags[name], flags[name])
        assert receptors.flags[name][alpha][kind == code].all()
        # generation makes such chains by itself, hardly ever
        assert receptors.flags[name][alpha][kind != code].sum() <= 1


# shares


def test_donors_keep_their_shares():
    """Whatever their clones, donors have the share that donor_share says of the cells, and none is without a clone."""
    shares = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    world = busy(clone_exponent=1.5).do(donor_share=shares)
    scene = world.scene(4000, root=ROOT)
    totals = np.bincount(scene["clone_donor"], weights=scene["clone_size"])
    np.testing.assert_allclose(totals, shares, atol=1e-12)
    found = np.bincount(scene.cells(np.arange(4000))["donor"], minlength=5)
    assert stats.chisquare(found, 4000 * shares).pvalue > 1e-3
    assert set(busy(n_clones=5).scene(10, root=ROOT)["clone_donor"]) == set(range(5))


@pytest.mark.parametrize("exponent", [0.4, 1.2])
def test_clone_sizes_have_a_pareto_tail(exponent):
    """Relative to the smallest of its donor, the size of a clone is Pareto with exponent 1 / clone_exponent."""
    knobs = {"n_clones": 4000, "clone_exponent": exponent}
    size = World("sizes", knobs, parts=RECEPTORS).scene(10, root=ROOT)["clone_size"]
    # the largest size that all exceed is not known, only estimated: fit it, as the minimum
    assert stats.kstest(size / size.min(), stats.pareto(1 / exponent).cdf).pvalue > 1e-3


def test_binders_are_larger_as_said():
    """Expansion multiplies the size of clones that see an epitope, within their donor."""
    plain, grown = (busy(clone_exponent=0.0, expansion=how).scene(N, root=ROOT) for how in (0.0, 2.0))
    sees, owner = plain["clone_epitope"] >= 0, plain["clone_donor"]
    for donor in range(5):
        ratio = (grown["clone_size"] / plain["clone_size"])[owner == donor]
        if 0 < sees[owner == donor].sum() < (owner == donor).sum():
            np.testing.assert_allclose(ratio[sees[owner == donor]] / ratio[~sees[owner == donor]].mean(), np.exp(2))


def test_status_goes_with_the_allele():
    """The share of the ill is kept; at disease_hla=0 status says nothing of the allele, at 1 all it can."""
    knobs = {"n_donors": 400, "n_epitopes": 1, "disease_share": 0.3, "selection": "none"}
    pvalues = {}
    for how in (0.0, 1.0):
        scene = World("ill", {**knobs, "disease_hla": how}, parts=RECEPTORS).scene(10, root=ROOT)
        ill, bears = scene["status"] == 1, carriers(scene["hla"], scene["epitope_signal"][-1].hla)
        assert ill.sum() == 120
        pvalues[how] = stats.fisher_exact([[(ill & bears).sum(), (ill & ~bears).sum()],
                                           [(~ill & bears).sum(), (~ill & ~bears).sum()]]).pvalue  # fmt: skip
        assert how == 0 or bears[ill].all()
    assert pvalues[0.0] > 1e-3 > pvalues[1.0]


def test_healthy_donors_do_not_meet_the_disease():
    """Clones that see the last epitope are of ill donors only, as often as the witness rate says."""
    knobs = {"n_donors": 20, "n_epitopes": 2, "disease_share": 0.5, "witness_rate": 0.3, "binder_share": 0.3,
             "hla_restriction": 0.0}  # fmt: skip
    scene = World("ill", knobs, parts=RECEPTORS).scene(4000, root=ROOT)
    last, ill = scene["clone_epitope"] == 1, scene["status"][scene["clone_donor"]] == 1
    assert not last[~ill].any()
    assert stats.binomtest(int(last[ill].sum()), int(ill.sum()), 0.3).pvalue > 1e-3
    assert stats.binomtest(int((scene["clone_epitope"] == 0)[~ill].sum()), int((~ill).sum()), 0.3).pvalue > 1e-3


@pytest.mark.parametrize("link", LINKS)
def test_types_of_a_donor_are_as_frequent_whatever_clones_say(link):
    """Independent and nested clones leave P(type | donor); a nested one is of one type, a graded one of neighbours."""
    knobs = {"n_donors": 2, "n_groups": 3, "imbalance": 3.0, "state_link": link, "n_clones": 3000}
    cells = World("w", knobs, parts=RECEPTORS).scene(6000, root=ROOT).cells(np.arange(6000))
    kinds = [np.unique(cells["type"][cells["clone"] == clone]).size for clone in np.flatnonzero(
        np.bincount(cells["clone"]) > 3)]  # fmt: skip
    if link == "graded":
        assert 1 < np.mean(kinds) < 2.5
        return
    expected = np.bincount(cells["donor"])[:, None] * cells["composition"]
    for donor in range(2):
        # cells of a clone are one draw where it is nested: each clone counts once
        mine = cells["donor"] == donor
        _, first = np.unique(cells["clone"][mine], return_index=True)
        found = np.bincount(cells["type"][mine][first], minlength=3)
        assert stats.chisquare(found, expected[donor] / expected[donor].sum() * found.sum()).pvalue > 1e-3
    assert (max(kinds) == 1) == (link != "independent")


def test_opposed_clones_of_an_epitope_are_of_all_types():
    """Receptors that are alike are as different in state as can be: their clones are dealt over the types in turn."""
    knobs = {"n_groups": 4, "n_epitopes": 2, "binder_share": 0.8, "hla_restriction": 0.0, "n_clones": 400}
    scene = World("w", {**knobs, "state_link": "opposed"}, parts=RECEPTORS).scene(2000, root=ROOT)
    for number in range(2):
        at = np.floor(scene["clone_state"][scene["clone_epitope"] == number] * 4)
        assert np.ptp(np.bincount(at.astype(int), minlength=4)) <= 1


# labels


def test_labels_are_wrong_as_often_as_said():
    """Unlabelled binders, false labels, and how many of these are in one donor with one name; at 0 labels are true."""
    knobs = {"n_donors": 8, "n_epitopes": 4, "binder_share": 0.3, "hla_restriction": 0.0}
    plain = World("labels", knobs, parts=RECEPTORS).scene(8000, root=ROOT)
    np.testing.assert_array_equal(plain["clone_label"], plain["clone_epitope"])
    noisy = World(
        "labels", {**knobs, "unlabelled": 0.4, "false_label": 0.2, "false_label_clustering": 0.5}, parts=RECEPTORS
    ).scene(8000, root=ROOT)
    seen, label = noisy["clone_epitope"], noisy["clone_label"]
    np.testing.assert_array_equal(seen, plain["clone_epitope"])
    binders, labelled = seen >= 0, label >= 0
    assert stats.binomtest(int((binders & ~labelled).sum()), int(binders.sum()), 0.4).pvalue > 1e-3
    false = labelled & ~binders
    assert stats.binomtest(int(false.sum()), int(labelled.sum()), 0.2).pvalue > 1e-3
    np.testing.assert_array_equal(label[labelled & binders], seen[labelled & binders])
    first = noisy["clone_donor"] == 0
    # half of them by plan; of the other half, one in eight in the first donor, one in four with the first name
    assert stats.binomtest(int((false & first).sum()), int(false.sum()), 0.5 + 0.5 / 8).pvalue > 1e-3
    others = np.bincount(label[false & ~first], minlength=4)
    assert stats.chisquare(others).pvalue > 1e-3
    assert stats.binomtest(int((label == 0)[false & first].sum()), int((false & first).sum()),
                           (0.5 + 0.5 / 32) / (0.5 + 0.5 / 8)).pvalue > 1e-3  # fmt: skip
    rest = np.bincount(label[false & first & (label > 0)], minlength=4)[1:]
    assert stats.chisquare(rest).pvalue > 1e-3


def test_a_world_of_receptors_has_no_knob_of_expression():
    """It is refused with what to do; the same knob is legal in a paired world."""
    with pytest.raises(UsageError, match="n_genes is a knob of expression, and this world generates receptors"):
        busy(n_genes=5)
    assert set(BUSY) < set(busy(parts=PAIRED, n_genes=5).knobs)
