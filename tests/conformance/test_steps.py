"""Every registered step keeps the promises of `core.Step`; a new step needs one line of parameters here."""

import json
import random
from dataclasses import asdict, replace

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.cluster import CLUSTERERS, GRAPH_STEPS
from rashomon.core import UsageError, child, digest_array, refusal, require_portable, resolve
from rashomon.encode import STEPS, flag_genes
from rashomon.perturb import PERTURBATIONS

PARAMS = {
    "filter": {"min_counts": 1, "min_cells": 3},
    "log_normalise": {"target_sum": 1e4},
    "pearson_residuals": {"theta": 100.0, "clip": None},
    "variable_genes": {"n_top": 30, "flavor": "seurat", "exclude": "receptor"},
    "variable_genes_by_batch": {"n_top": 30, "flavor": "cell_ranger", "exclude": ""},
    "rank_genes_counts": {"n_top": 30, "flavor": "seurat_v3", "exclude": "receptor"},
    "rank_genes_counts_by_batch": {"n_top": 30, "flavor": "seurat_v3", "exclude": ""},
    "take_genes": {},
    "scale": {"max_value": 10.0},
    "pca": {"n_comps": 10},
    "leading_pca": {"n_comps": 10},
    "take_pcs": {"n_pcs": 5},
    "harmony": {"seed": 3},
    "unit_length": {},
    "neighbours": {"k": 12},
    "approximate_neighbours": {"k": 12},
    "cosine_distances": {},
    "fuzzy_graph": {"k": 8},
    "igraph": {},
    "leiden": {"resolution": 1.0, "seed": 3, "n_iterations": 2},
    "leidenalg_graph": {},
    "leiden_leidenalg": {"resolution": 1.0, "seed": 3, "n_iterations": 2},
    "kmeans": {"k": 4, "seed": 3},
    "ward": {"k": 4},
    "gaussian_mixture": {"k": 4, "seed": 3},
    "hdbscan": {"min_cluster_size": 5},
    "spectral": {"k": 4, "seed": 3},
    "markov": {"inflation": 2.0},
    "graph_jitter": {"sd": 0.1, "replicate": 1},
    "thinning": {"keep": 0.5, "replicate": 1},
    "subsample": {"share": 0.8, "replicate": 1},
    "halves": {"pair": 1, "half": 0},
    "donor_block": {"keep": [0, 2]},
}
DENSE = {"pearson_residuals", "scale"}
"""Steps that turn a sparse matrix into a dense one, and say so in their summary."""

PERTURBING = [
    record.step for record in PERTURBATIONS.values() if record.step is not None and "expression" in record.domains
]
CHAIN = (
    "filter",
    "log_normalise",
    "scale",
    "pca",
    "take_pcs",
    "neighbours",
    "fuzzy_graph",
    "igraph",
    "leidenalg_graph",
)
"""A path that makes every slot which is not at the root."""

OF_GENES = {"genes", "chosen"}
"""Slots with one entry per gene, not per cell."""

OF_RECEPTORS = {"receptors", "items", "distances"}
"""Slots of plans on receptors; steps that read or write one are held to the same promises in a file of their own."""

ALL = {
    step.name: step
    for step in (*STEPS.values(), *GRAPH_STEPS.values(), *CLUSTERERS.values(), *PERTURBING)
    if not OF_RECEPTORS & {*step.reads, *step.writes}
}

COMPILED = {"approximate_neighbours"}
"""Steps whose library compiles for 25 s in every process: one test, beside that of their values, calls `promises`."""

RUN = [name for name in ALL if name not in COMPILED]


def promises(name):
    """Check for one step what the tests below check for all others."""
    slots = make_state()
    for check in (
        test_writes_what_it_declares,
        test_does_not_change_its_input,
        test_result_shares_no_memory_with_its_input,
        test_is_deterministic,
        test_global_random_state_is_untouched,
    ):
        check(name, slots)


@pytest.fixture(scope="module")
def state():
    return make_state()


def make_state():
    """Every slot once, from a small data set: counts with empty cells and genes, three donors, one missing."""
    rng = np.random.default_rng(4)
    means = np.exp(rng.normal(-0.5, 1, (3, 80)))
    counts = rng.poisson(means[rng.integers(0, 3, 150)])
    counts[7], counts[:, 11] = 0, 0
    donor = rng.integers(0, 3, 150).astype(np.int32)
    donor[::20] = -2
    slots = {
        "x": sp.csr_matrix(counts.astype(np.float32)),
        "rows": np.arange(150, dtype=np.int64),
        "genes": np.arange(80, dtype=np.int64),
        "gene_flags": flag_genes([f"TRAV{j}" if j % 9 == 0 else f"g{j}" for j in range(80)]),
        "donor": donor,
        "batch": rng.integers(0, 2, 150).astype(np.int32),
        "chosen": np.arange(0, 80, 3, dtype=np.int64),
    }
    made = dict(slots)
    for name in CHAIN:
        made |= ALL[name].run(made, PARAMS[name])
    return _frozen(made | slots | {"rows of view": made["rows"]})


def _given(step, state):
    """The slots for one step: a view belongs to the rows that the filter left."""
    return state | {"rows": state["rows of view"]} if "view" in step.reads else state


def _parts(value):
    return [value.data, value.indices, value.indptr] if sp.issparse(value) else [value]


def _frozen(slots):
    """Arrays as the engine may hand them over: from a file, read-only."""
    for value in slots.values():
        for part in _parts(value):
            if isinstance(part, np.ndarray):
                part.setflags(write=False)
    return slots


def _digest(value):
    if hasattr(value, "get_edgelist"):
        return value.vcount(), value.get_edgelist(), value.es["weight"]
    return digest_array(value)


def _run(step, state, *names):
    return step.run(_given(step, state), PARAMS[step.name], child(1, step.name, *names) if step.stochastic else None)


def _n_rows(value):
    return value.vcount() if hasattr(value, "vcount") else value.shape[0]


def _is_form(slot, value, n_obs=0):
    """Whether a value is what its slot promises."""
    kinds = {"rows": np.int64, "genes": np.int64, "chosen": np.int64, "knn_indices": np.int32, "labels": np.int32}
    if slot in {"x", "graph"}:
        return value.ndim == 2 and value.dtype.kind == "f"
    if hasattr(value, "vcount"):
        return value.vcount() == n_obs
    return value.dtype == kinds.get(slot, np.float32) and value.flags.c_contiguous


def _global_state():
    keys, position = np.random.get_state()[1:3]  # noqa: NPY002 - read, to see that nothing changes it
    return digest_array(keys), position, random.getstate()


def test_every_step_is_covered():
    """Each registered step has parameters here, and nothing else has."""
    assert set(PARAMS) == set(ALL)


@pytest.mark.parametrize("name", RUN)
def test_writes_what_it_declares(name, state):
    """A step returns its declared slots, each in the promised form, and all of the same number of rows."""
    step = ALL[name]
    written = _run(step, state)
    assert tuple(written) == step.writes
    sizes = {_n_rows(value) for slot, value in written.items() if slot not in OF_GENES}
    assert len(sizes) <= 1
    assert all(_is_form(slot, value, *sizes) for slot, value in written.items())


@pytest.mark.parametrize("name", RUN)
def test_does_not_change_its_input(name, state):
    """Slots that were read are the same afterwards; they may be read-only."""
    step = ALL[name]
    before = {slot: _digest(state[slot]) for slot in step.reads}
    _run(step, state)
    assert {slot: _digest(state[slot]) for slot in step.reads} == before


@pytest.mark.parametrize("name", RUN)
def test_result_shares_no_memory_with_its_input(name, state):
    """What is written can be kept when what was read is gone, and the other way round."""
    written = _run(ALL[name], state)
    old = [part for slot in ALL[name].reads for part in _parts(state[slot]) if isinstance(part, np.ndarray)]
    new = [part for value in written.values() for part in _parts(value) if isinstance(part, np.ndarray)]
    assert not any(np.shares_memory(a, b) for a in old for b in new)


@pytest.mark.parametrize("name", RUN)
def test_is_deterministic(name, state):
    """Equal input, parameters and stream give equal bits."""
    first, second = _run(ALL[name], state), _run(ALL[name], state)
    assert {slot: _digest(value) for slot, value in first.items()} == {
        slot: _digest(value) for slot, value in second.items()
    }


@pytest.mark.parametrize("name", [name for name, step in ALL.items() if step.stochastic])
def test_stochastic_steps_draw_from_their_stream(name, state):
    """Another stream gives another result."""
    first, second = _run(ALL[name], state, "a"), _run(ALL[name], state, "b")
    slot = ALL[name].writes[0]
    assert _digest(first[slot]) != _digest(second[slot])


@pytest.mark.parametrize("name", [name for name, step in ALL.items() if "x" in step.reads and "x" in step.writes])
def test_sparse_stays_sparse(name, state):
    """A step hands a sparse matrix on as canonical CSR float32, unless its summary says that the result is dense."""
    x = _run(ALL[name], state)["x"]
    assert sp.issparse(x) == (name not in DENSE) == ("(dense)" not in ALL[name].summary)
    if sp.issparse(x):
        assert x.format == "csr"
        assert x.dtype == np.float32
        assert x.has_canonical_format


@pytest.mark.parametrize("name", [name for name, step in ALL.items() if "rows" in step.writes])
def test_rows_are_kept_in_order(name, state):
    """Steps that drop cells keep the others in order, and say which they are."""
    rows = _run(ALL[name], state)["rows"]
    assert 0 < rows.size < state["rows"].size
    assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("name", [name for name in CLUSTERERS if name in ALL])
def test_labels_are_consecutive(name, state):
    """Clusters are numbered 0, 1, ... without gaps; a cell without one has -1."""
    labels = _run(ALL[name], state)["labels"]
    assert labels.min() >= -1
    assert np.unique(labels[labels >= 0]).tolist() == list(range(labels.max() + 1))


@pytest.mark.parametrize("name", [name for name, step in ALL.items() if step.max_obs is not None])
def test_what_is_too_large_is_refused_with_its_cost(name, state):
    """A limit comes with a cost; above it the step is refused for the same reason by a plan and by run."""
    step = ALL[name]
    assert refusal(step, step.max_obs) == ""
    reason = refusal(step, step.max_obs + 1)
    assert step.cost in reason
    assert step.cost
    with pytest.raises(UsageError, match=f"{name} is refused above 20 cells"):
        _run(replace(step, max_obs=20), state)


@pytest.mark.parametrize("name", list(ALL))
def test_registered_steps_run_everywhere(name):
    """No record is bound to this process: each can be written down and run by a worker."""
    require_portable([ALL[name]])
    json.dumps(asdict(ALL[name]))


@pytest.mark.parametrize("name", RUN)
def test_global_random_state_is_untouched(name, state):
    """No step draws from, or seeds, the generators of numpy and Python."""
    before = _global_state()
    _run(ALL[name], state)
    assert _global_state() == before


@pytest.mark.parametrize("name", list(ALL))
def test_is_described(name):
    """A step has a one-line summary, and its function says what it returns."""
    step = ALL[name]
    assert step.summary.endswith(".")
    assert "\n" not in step.summary
    assert "Returns\n" in resolve(step.function).__doc__
