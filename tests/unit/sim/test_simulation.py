"""What a world generated, and its record."""

import json

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.core.slots import NAMESPACE
from rashomon.dataset import SIMULATED, Ceiling
from rashomon.io import receptors_of_cells
from rashomon.sim import World, consult, with_oracle
from rashomon.sim.simulation import ceiling_facts, facts, refuse_few, simulate
from tests.busy_receptor_world import GENES, PAIRED, busy

WORLD = World(
    "two", {"n_genes": 40, "n_groups": 2, "n_markers": 5, "effect_size": 2.0, "depth_sd": 0.3, "n_batches": 2}
)


@pytest.fixture(scope="module")
def drawn():
    return WORLD.sample(60, rng=3)


def test_counts_cells_and_genes_fit_together(drawn):
    """Counts are cells by genes, float32 CSR of whole numbers, with a row of obs and of var for each."""
    assert drawn.counts.shape == (drawn.n_obs, 40) == (len(drawn.obs), len(drawn.var))
    assert (drawn.counts.format, drawn.counts.dtype) == ("csr", np.float32)
    assert drawn.counts.has_canonical_format
    np.testing.assert_array_equal(drawn.counts.data, np.round(drawn.counts.data))
    assert drawn.obs.index.is_unique
    assert tuple(drawn.var.index) == WORLD.names["gene"]


def test_sampling_is_simulating(drawn):
    """World.sample and simulate with its root give the same bits."""
    again = simulate(WORLD, 60, root=drawn.root)
    np.testing.assert_array_equal(again.counts.toarray(), drawn.counts.toarray())
    assert again.obs.equals(drawn.obs)


def test_the_listener_hears_the_cells():
    """Progress ends at the number of cells."""
    heard = []
    WORLD.sample(60, rng=3, listener=heard.append)
    assert (heard[-1].task, heard[-1].done, heard[-1].total) == ("cells", 60, 60)


def test_all_truths_are_declared_in_the_dataset(drawn):
    """The dataset holds counts, and every declared column as a truth of its kind, that nothing made from the counts."""
    dataset = drawn.dataset
    assert set(dataset.truths) == set(drawn.declared) == {"type", "batch", "depth_class"}
    assert dataset.truths["type"].kind == "mechanism"
    names = np.array(dataset.truths["type"].categories)
    assert list(names[dataset.truths["type"].codes]) == list(drawn.obs["type"])
    np.testing.assert_array_equal(dataset.expression.x.toarray(), drawn.counts.toarray())


def test_a_truth_with_one_class_in_the_sample_is_left_out():
    """Where all drawn cells are of one class, the column is no truth of the dataset."""
    dataset = WORLD.do(type="type_1").sample(20, rng=1).dataset
    assert "type" not in dataset.truths
    assert "batch" in dataset.truths


def test_the_record_says_what_it_is_and_how_to_make_it_again(drawn):
    """Mark, digest, seed, knobs, interventions and graph are text; knobs and seed give the same counts."""
    record = drawn.uns[NAMESPACE]["world"]
    assert record == facts(WORLD, drawn.root)
    assert all(isinstance(value, str) for value in record.values())
    assert (record["mark"], record["name"], record["digest"]) == (SIMULATED, "two", WORLD.digest)
    call = json.loads(record["call_json"])
    again = World("again", call["knobs"]).sample(60, rng=int(record["seed"]))
    np.testing.assert_array_equal(again.counts.toarray(), drawn.counts.toarray())
    assert {node["name"] for node in json.loads(record["graph_json"])["nodes"]} == set(WORLD.graph)


def test_interventions_are_recorded():
    """What was set and turned is in the call."""
    world = WORLD.do(type="type_2", batch_effect=0.3)
    call = json.loads(facts(world, 1)["call_json"])
    assert call["do"] == {"type": 1}
    assert call["knobs"]["batch_effect"] == 0.3
    # nothing was fitted
    assert set(call) == {"knobs", "do"}


def test_ceilings_are_plain_data(drawn):
    """Ceilings are recorded as JSON, what is unknown in them as null; without ceilings nothing is."""
    record = ceiling_facts((Ceiling("type", "ari", 0.8),))
    (found,) = json.loads(record["ceiling_json"])
    assert (found["truth"], found["score"], found["value"], found["standard_error"]) == ("type", "ari", 0.8, None)
    assert ceiling_facts(()) == {}
    assert "ceiling_json" not in drawn.uns[NAMESPACE]["world"]


def test_anndata_carries_everything(drawn):
    """Counts, columns and the record go into an AnnData unchanged."""
    adata = drawn.to_anndata()
    np.testing.assert_array_equal(adata.X.toarray(), drawn.counts.toarray())
    assert list(adata.obs["type"]) == list(drawn.obs["type"])
    assert list(adata.var_names) == list(drawn.var.index)
    assert adata.uns[NAMESPACE]["world"]["mark"] == SIMULATED
    assert adata.uns[NAMESPACE]["truths"] == dict(drawn.declared)


@pytest.mark.parametrize("n", [0, 1, -3])
def test_fewer_cells_than_types_are_refused(n):
    """Two types need two cells."""
    with pytest.raises(UsageError, match=f"{n} cells cannot show 2 types") as error:
        refuse_few(WORLD, n)
    assert (error.value.where, error.value.code) == ("n_obs", "world.cells")
    refuse_few(WORLD, 2)
    with pytest.raises(UsageError, match="0 cells"):
        World("w", {"n_genes": 5}).sample(0, rng=1)


# receptors

AWKWARD = pytest.mark.filterwarnings("ignore:.*awkward.*")
"""anndata says of every awkward array, the layout of scirpy, that it may change."""


@pytest.fixture(scope="module")
def receptors():
    return busy().sample(60, rng=3)


@pytest.fixture(scope="module")
def paired():
    return busy(parts=PAIRED, **GENES).sample(60, rng=3)


def test_a_world_of_receptors_has_no_counts(receptors):
    """No genes and no expression; two chains per cell, in the order of the cells; the same root gives them again."""
    assert (receptors.counts.shape, len(receptors.var)) == ((60, 0), 0)
    assert receptors.dataset.expression is None
    np.testing.assert_array_equal(receptors.receptors.obs, np.repeat(np.arange(60), 2))
    again = simulate(receptors.world, 60, root=receptors.root)
    assert again.obs.equals(receptors.obs)
    np.testing.assert_array_equal(again.receptors.junction, receptors.receptors.junction)


def test_receptors_do_not_depend_on_the_expression(receptors, paired):
    """A paired world has the clones, labels and chains of the world of receptors with the same knobs."""
    np.testing.assert_array_equal(paired.receptors.junction, receptors.receptors.junction)
    for name in receptors.obs:
        assert paired.obs[name].tolist() == receptors.obs[name].tolist()


def test_genes_of_receptors_are_described(paired):
    """They stand behind the others, carry no marker and are no noise by construction."""
    further = paired.var.iloc[20:]
    assert all(name.startswith("TR") for name in further.index)
    assert further["marker_of"].isna().all()
    assert paired.var["noise"].dtype == bool
    assert not further["noise"].any()
    assert paired.counts.shape == (60, len(paired.var))
    assert paired.counts.has_canonical_format


def test_truths_of_receptors_are_declared(receptors, paired):
    """As mechanism, technical or annotation, in the dataset as in the record."""
    kinds = {name: truth.kind for name, truth in receptors.dataset.truths.items()}
    assert kinds | {"depth_class": "technical"} == {
        name: truth.kind for name, truth in paired.dataset.truths.items()} | {"depth_class": "technical"}  # fmt: skip
    assert {name: kinds[name] for name in ("epitope", "donor", "epitope_label")} == {
        "epitope": "mechanism", "donor": "technical", "epitope_label": "annotation"
    }  # fmt: skip


def test_the_record_of_receptors_makes_them_again(receptors):
    """Knobs and seed of the record give the same chains; it says why there is no oracle."""
    record = receptors.uns[NAMESPACE]["world"]
    call = json.loads(record["call_json"])
    again = World("again", call["knobs"], parts=("receptors",)).sample(60, rng=int(record["seed"]))
    np.testing.assert_array_equal(again.receptors.junction, receptors.receptors.junction)
    assert "receptors have no likelihood here" in record["oracle"]
    assert {node["name"] for node in json.loads(record["graph_json"])["nodes"]} >= {"hla", "vdj", "vj", "clone"}


@AWKWARD
def test_receptors_go_into_anndata_and_mudata(receptors, paired):
    """In the layout of scirpy, with the record; a paired world has two modalities."""
    adata, whole = receptors.to_anndata(), paired.to_mudata()
    assert (adata.X, adata.shape) == (None, (60, 0))
    assert adata.uns[NAMESPACE]["world"]["mark"] == SIMULATED
    assert list(whole.mod) == ["gex", "airr"]
    assert list(receptors.to_mudata().mod) == ["airr"]
    for data, drawn in ((adata, receptors), (whole, paired), (paired.to_anndata(), paired)):
        dataset = receptors_of_cells(data)
        np.testing.assert_array_equal(dataset.receptors.junction, drawn.receptors.junction)
        assert (dataset.world.name, dataset.world.digest) == ("busy", drawn.world.digest)
        assert set(dataset.truths) == set(receptors.dataset.truths)


@pytest.mark.filterwarnings("ignore")  # scirpy's imports warn of their own
@pytest.mark.slow
def test_scirpy_takes_the_cells(receptors):
    """Its own index of chains finds one pair in each cell, with our residues."""
    ir = pytest.importorskip("scirpy")
    adata = receptors.to_anndata()
    ir.pp.index_chains(adata)
    found = ir.get.airr(adata, "junction_aa", ["VJ_1", "VDJ_1", "VDJ_2"])
    ours = receptors.receptors.junction_aa.astype(str)
    assert found["VDJ_1_junction_aa"].tolist() == ours[::2].tolist()
    assert found["VJ_1_junction_aa"].tolist() == ours[1::2].tolist()
    assert found["VDJ_2_junction_aa"].isna().all()


def test_an_oracle_knows_nothing_of_receptors(receptors):
    """Nothing is added to worlds without a likelihood; where clones decide the type, none is claimed."""
    assert with_oracle(receptors) is receptors
    linked = World("w", {**TYPES, "state_link": "nested"}, parts=PAIRED).sample(40, rng=1)
    assert "clones say something of the type" in linked.uns[NAMESPACE]["world"]["oracle"]
    assert consult(linked).posterior == {}


def test_receptor_genes_leave_the_oracle(receptors):
    """Where clones say nothing of the type, the posterior is that of the world without receptors."""
    knobs = {"n_donors": 1, "loci": "TRB", "selection": "none", "receptor_gene_depth": 2.0}
    both = World("w", {**TYPES, **knobs}, parts=PAIRED).sample(40, rng=1)
    alone = World("w", TYPES).sample(40, rng=1)
    np.testing.assert_array_equal(both.counts[:, :40].toarray(), alone.counts.toarray())
    np.testing.assert_array_equal(consult(both).posterior["type"], consult(alone).posterior["type"])


TYPES = {"n_genes": 40, "n_groups": 2, "n_markers": 5, "effect_size": 2.0, "depth_sd": 0.3}
