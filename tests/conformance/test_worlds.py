"""Every knob and node of a world keeps its promises; a new one needs a line here."""

from dataclasses import dataclass, field, replace

import networkx as nx
import numpy as np
import pytest

from rashomon.sim import KNOBS, NODES, World, block
from rashomon.sim.block import draw_block
from rashomon.sim.check import problems
from rashomon.sim.expression.gene_table import marker_table
from rashomon.sim.node import Scene, play
from rashomon.sim.part import EXPRESSION, PARTS
from tests.busy_world import CLEAN, ERASED, LINE, REACH, ROOT, SEED, TREE, N, busy, counts, nodes_of

# registries


OF_CELLS = {name: node for name, node in NODES.items() if node.of((EXPRESSION,))}
"""Nodes of worlds of expression; those of receptors have tests of their own beside."""


@pytest.mark.parametrize("knob", KNOBS.values(), ids=list(KNOBS))
def test_a_knob_says_what_it_is(knob):
    """A knob has a unit, a sentence, nodes that exist, and a default and a neutral value that are legal."""
    assert knob.unit
    assert knob.summary.endswith(".")
    assert knob.nodes
    assert [name for name in knob.nodes if name not in NODES] == []
    assert knob.wrong(knob.default) is None
    assert knob.neutral is None or knob.wrong(knob.neutral) is None
    assert knob.expected
    assert problems({knob.name: knob.default}, parts=PARTS) == []


def test_a_name_is_a_knob_or_a_node():
    """No name is both, so that do(name=...) has one meaning."""
    assert set(KNOBS) & set(NODES) == set()


def test_causes_come_before_effects():
    """Every parent stands earlier in the registry: the graph has no cycle, and one pass plays it."""
    order = list(NODES)
    late = [(parent, node.name) for node in NODES.values() for parent in node.parents
            if order.index(parent) >= order.index(node.name)]  # fmt: skip
    assert late == []


def test_tables_come_before_cells():
    """No table has a cell's node among its parents: tables are made before there are cells."""
    kinds = {name: node.level for name, node in NODES.items()}
    assert [name for name, node in NODES.items() if node.level not in {"cell", "chain", "entry"}
            for parent in node.parents if kinds[parent] in {"cell", "chain", "entry"}] == []  # fmt: skip


@dataclass(frozen=True, eq=False)
class Watched(Scene):
    """A scene that writes down which nodes were read."""

    read: set = field(default_factory=set)

    def __getitem__(self, name):
        self.read.add(name)
        return self.values[name]


def reads(scene, node):
    """Nodes that a mechanism reads; of cells made on the way (lysed ones), the tables only."""
    watched = Watched(**{name: getattr(scene, name) for name in Scene.__dataclass_fields__})
    node.mechanism(watched)
    made_here = {name for name in watched.read if node.level != "cell" and NODES[name].level == "cell"}
    return watched.read - made_here


@pytest.mark.parametrize("name", [name for name, node in OF_CELLS.items() if node.mechanism])
@pytest.mark.parametrize("changes", [{}, LINE, TREE], ids=["groups", "line", "tree"])
def test_a_mechanism_reads_its_parents_only(name, changes):
    """What a mechanism reads among the nodes is declared as its parents, or the graph would lie."""
    scene = busy(**changes).scene(N, root=ROOT).cells(np.arange(20))
    assert sorted(reads(scene, NODES[name]) - set(NODES[name].parents)) == []


# interventions on nodes


def followers(names):
    """Nodes that may change when `names` do: descendants, and where cells change, what lysed cells leave behind.

    An intervention on cells holds for lysed cells too, which are cells; the graph cannot say so, because it draws the
    seen cells only.
    """
    graph = nx.DiGraph([(parent, node.name) for node in OF_CELLS.values() for parent in node.parents])
    graph.add_nodes_from(OF_CELLS)
    found = set(names).union(*(nx.descendants(graph, name) for name in names))
    lysed = any(NODES[name].level == "cell" for name in found - {"doublet", "annotation"})
    return found | ({"ambient_profile", "swap_profile"} if lysed else set())


def other_value(name):
    """A value that differs from the natural one in a busy world."""
    classes = {"type": "type_2", "donor": "donor_2", "batch": "batch_2", "branch": "branch_1", "annotation": "type_1"}
    if name in classes:
        return classes[name]
    return {"depth_mode": "low", "gene_mean": -np.log(450), "gene_dispersion": 0.7,
            "donor_share": np.array([0.6, 0.3, 0.1]),
            "composition": 0.25, "batch_share": 0.5, "position": 0.3, "cell_depth": 900.0, "cycle": 1.0, "stress": 0.5,
            "programme": 0.5, "factor": 0.3, "doublet": True}.get(name, 0.0)  # fmt: skip


@pytest.mark.parametrize("name", [name for name, node in OF_CELLS.items() if node.mechanism])
def test_an_intervention_reaches_descendants_only(name):
    """Setting a node leaves every node that is no descendant of it in the declared graph, to the last bit."""
    changes = TREE if name in {"position", "branch", "path_profile"} else {}
    before = nodes_of(busy(**changes))
    after = nodes_of(busy(**changes).do(**{name: other_value(name)}))
    moved = {other for other in before if not np.array_equal(before[other], after[other], equal_nan=True)}
    assert name in moved
    assert sorted(moved - followers([name])) == []


# interventions on knobs

SIZES = {"n_genes", "n_noise_genes", "n_groups", "hierarchy", "n_donors", "n_batches", "proportions"}
"""Knobs that change how many genes, types, donors or batches there are, and so the shape of every table of them."""

TURNED = {
    "effect_size": 0.7, "level_effects": [1.0, 2.0], "effect_spread": 0.1, "n_markers": 9, "imbalance": 2.0,
    "rare_share": 0.05, "topology": "cycle", "path_length": 1.0, "n_path_genes": 50, "n_branches": 5, "n_segments": 7,
    "n_programmes": 3, "programme_share": 0.6, "programme_effect": 0.5, "n_programme_genes": 20, "n_factors": 4,
    "factor_sd": 0.1, "depth": 900.0, "depth_sd": 0.2, "depth_by_type": 0.4, "depth_by_batch": 0.4, "depth_gap": 0.9,
    "low_share": 0.2, "depth_min": 900.0, "composition_variation": 0.3, "donor_effect": 0.4, "donor_gene_share": 0.5,
    "n_donor_genes": 9, "donor_gene_effect": 2.0, "donor_type_effect": 0.3, "batch_plan": "nested",
    "batch_association": 0.6, "batch_effect": 0.8, "batch_gene_share": 0.5, "batch_type_effect": 0.4,
    "cycling_share": 0.6, "cycle_effect": 1.0, "n_cycle_genes": 30, "stress_share": 0.4, "stress_effect": 1.0,
    "n_stress_genes": 20, "doublet_rate": 0.5, "ambient": 0.3, "swapping": 0.2, "extra_zeros": 0.2, "label_noise": 0.4,
    "label_confusion": "sibling", "gene_mean_sd": 0.8, "dispersion": 0.5, "dispersion_trend": 0.4,
    "dispersion_scatter": 0.1,
}  # fmt: skip
AT_LINE = {"path_length", "n_path_genes", "n_segments"}
CONTEXT = {**dict.fromkeys(AT_LINE, LINE), "n_branches": TREE, "topology": LINE,
           "batch_plan": {"batch_association": 0.0}}  # fmt: skip
RECORDED = {"n_segments": "cuts a column of the table of cells", "extra_zeros": "acts on counts",
            "swapping": "acts on means and counts", "ambient": "acts on means and counts"}  # fmt: skip
"""Knobs that change no node with a table or a value per cell when they are turned from one strength to another."""


def test_every_knob_of_generated_worlds_is_turned():
    """A new knob needs a value here, or a place among the sizes."""
    generated = {name for name, knob in KNOBS.items() if knob.scope != "fitted" and knob.of((EXPRESSION,))}
    assert generated == set(TURNED) | SIZES


@pytest.mark.parametrize("name", TURNED)
def test_a_knob_reaches_its_nodes_and_what_follows(name):
    """Turning a knob changes its declared nodes and their descendants, and no others."""
    world = busy(**CONTEXT.get(name, {}))
    before, after = nodes_of(world), nodes_of(world.do(**{name: TURNED[name]}))
    moved = {other for other in before if not np.array_equal(before[other], after[other], equal_nan=True)}
    assert sorted(moved - followers(KNOBS[name].nodes)) == []
    assert (moved != set()) == (name not in RECORDED)


# neutral values


# those of receptors have tests of their own
STRENGTHS = [name for name, knob in KNOBS.items() if name.endswith("_strength") and knob.of((EXPRESSION,))]
BY_ITSELF = {
    "n_noise_genes": "changes which genes there are: test_noise_genes_are_added_behind",
    "extra_zeros": "acts on counts, which cannot be set: test_extra_zeros_only_remove",
    "label_noise": "does not reach the counts: test_label_noise_reaches_the_annotation_only",
    **dict.fromkeys(STRENGTHS, "twins only: test_strength_one_leaves_what_was_fitted"),
}


def test_every_neutral_value_is_tested():
    """A knob with a neutral value is in the table of removals, or has a test of its own that is named."""
    assert set(ERASED) | set(BY_ITSELF) == {
        name for name, knob in KNOBS.items() if knob.neutral is not None and knob.of((EXPRESSION,))
    }
    assert set(ERASED) & set(BY_ITSELF) == set()
    assert all(reason.partition(": ")[2] in globals() for reason in BY_ITSELF.values())


@pytest.mark.parametrize("name", ERASED)
def test_the_neutral_value_removes_the_mechanism(name):
    """A busy world with one knob at its neutral value has the counts of the one whose mechanism was removed by hand."""
    case = ERASED[name]
    world = busy(**case.context)
    erase = case.erase(world) if callable(case.erase) else case.erase
    neutral = counts(world.do(**{name: KNOBS[name].neutral}, **case.also))
    np.testing.assert_array_equal(neutral, counts(world.do(**erase)))
    # and the knob did something before
    assert not np.array_equal(neutral, counts(world))


def test_noise_genes_are_added_behind():
    """Noise genes come last, and what happens to the other genes does not depend on how many there are."""
    with_noise, without = busy().scene(N, root=ROOT), busy(n_noise_genes=0).scene(N, root=ROOT)
    assert without.names["gene"] == with_noise.names["gene"][:400]
    for name in ("donor_profile", "batch_profile", "programme_profile", "cycle_profile", "stress_profile", "loading"):
        np.testing.assert_array_equal(without[name], with_noise[name][:, :400])
        assert name == "loading" or not with_noise[name][:, 400:].any()
    np.testing.assert_array_equal(marker_table(without)[1], marker_table(with_noise)[1][:400])
    np.testing.assert_allclose(np.ptp(without["gene_mean"] - with_noise["gene_mean"][:400]), 0, atol=1e-12)


def test_extra_zeros_only_remove():
    """Without extra zeros every entry is what it was or, with their probability, one that had been removed."""
    full, thinned = counts(busy(extra_zeros=0.0)), counts(busy(extra_zeros=0.3))
    kept = thinned > 0
    np.testing.assert_array_equal(thinned[kept], full[kept])
    assert 0.25 < 1 - kept.sum() / (full > 0).sum() < 0.35


def test_label_noise_reaches_the_annotation_only():
    """At 0 the annotation is the type; at any value the counts are the same."""
    quiet, noisy = busy(label_noise=0.0), busy(label_noise=0.6)
    np.testing.assert_array_equal(counts(quiet), counts(noisy))
    cells, others = nodes_of(quiet), nodes_of(noisy)
    np.testing.assert_array_equal(cells["annotation"], cells["type"])
    assert 0.4 < (others["annotation"] != others["type"]).mean() < 0.8


def test_strength_one_leaves_what_was_fitted():
    """In a twin, strengths of 1 are the fitted tables, and strengths of 0 are none."""
    rng = np.random.default_rng(0)
    fitted = {
        "gene_mean": np.full(20, -np.log(20)), "gene_dispersion": rng.gamma(1, 1, 20),
        "type_profile": rng.normal(size=(2, 20)), "donor_profile": rng.normal(size=(2, 20)),
        "batch_profile": rng.normal(size=(3, 20)), "loading": rng.normal(size=(2, 20)),
    }  # fmt: skip
    labels = {kind: tuple(f"{kind}{j}" for j in range(n))
              for kind, n in (("gene", 20), ("type", 2), ("donor", 2), ("batch", 3))}  # fmt: skip
    as_fitted = World("twin", dict.fromkeys(STRENGTHS, 1.0), fitted=fitted, labels=labels)
    default = World("twin", fitted=fitted, labels=labels)
    np.testing.assert_array_equal(counts(as_fitted, n=20), counts(default, n=20))
    scene = default.scene(20, root=ROOT)
    for node in ("gene_mean", "gene_dispersion", "donor_profile", "batch_profile", "loading"):
        np.testing.assert_array_equal(scene[node], fitted[node])
    none = World("twin", dict.fromkeys(STRENGTHS, 0.0), fitted=fitted, labels=labels).scene(20, root=ROOT)
    assert not any(none[node].any() for node in fitted if node != "gene_mean")


# coupling of counts


@pytest.mark.parametrize("name", REACH)
def test_entries_out_of_reach_keep_every_bit(name):
    """An intervention changes counts where a causal path leads, and leaves all others to the last bit."""
    changes, do, reach = REACH[name]
    world = busy(**{**CLEAN, **changes})
    before = nodes_of(world)
    done = world.do(**(do(before) if callable(do) else do))
    reached = reach(before, nodes_of(done))
    moved = counts(world) != counts(done)
    assert not (moved & ~reached).any()
    assert moved.any() == reached.any()
    assert not reached.all()


@pytest.mark.parametrize(
    "change",
    [
        {}, {"batch_effect": 0.4}, {"n_markers": 20, "effect_size": 1.5},
        {"annotation": "type_1"}, {"n_segments": 9}, {"path_profile": 0}, {"n_path_genes": 7},
        {"donor_gene_share": 1.0},
    ],
    ids=str,
)  # fmt: skip
def test_an_inert_change_is_the_identity(change):
    """A knob at its own value, or a node that acts on nothing, leaves every count."""
    np.testing.assert_array_equal(counts(busy().do(**change)), counts(busy()))


# blocks, threads


@pytest.mark.parametrize("changes", [{}, LINE, {**CLEAN, "n_programmes": 0, "factor_sd": 0.0, "cycling_share": 0.0,
                                                "stress_share": 0.0}], ids=["busy", "line", "classes"])  # fmt: skip
@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("cells_per_block", [1, 7, N])
def test_neither_threads_nor_blocks_are_seen(changes, threads, cells_per_block, monkeypatch):
    """Counts and tables are the same bits for any number of threads and any size of blocks."""
    expected = busy(**changes).sample(N, rng=SEED)
    monkeypatch.setenv("RASHOMON_THREADS", threads)
    monkeypatch.setattr(block, "_ENTRIES", 450 * cells_per_block)
    found = busy(**changes).sample(N, rng=SEED)
    for part in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(found.counts, part), getattr(expected.counts, part))
    assert found.obs.equals(expected.obs)


def test_any_cell_can_be_drawn_alone():
    """A cell of a busy world has, alone, the row that it has among all others; so has any set in any order."""
    scene, whole = busy(doublet_rate=1.0).scene(N, root=ROOT), counts(busy(doublet_rate=1.0))
    for unit in range(0, N, 5):
        np.testing.assert_array_equal(draw_block(scene, np.array([unit])).toarray()[0], whole[unit])
    order = np.random.default_rng(0).permutation(N)
    np.testing.assert_array_equal(draw_block(scene, order).toarray(), whole[order])


def test_playing_twice_changes_nothing():
    """A scene that is played again keeps its values: mechanisms draw by address, not in turn."""
    scene = busy().scene(N, root=ROOT)
    again = play(replace(scene, values={}))
    for name, value in scene.values.items():
        np.testing.assert_array_equal(again[name], value)
