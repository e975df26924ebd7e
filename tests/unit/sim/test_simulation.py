"""What a world generated, and its record."""

import json

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.core.slots import NAMESPACE
from rashomon.dataset import SIMULATED, Ceiling
from rashomon.sim import World
from rashomon.sim.simulation import ceiling_facts, facts, refuse_few, simulate

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
