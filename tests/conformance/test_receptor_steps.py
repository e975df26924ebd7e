"""Every registered step on receptors keeps the promises of `core.Step`; a new one needs one line of parameters here."""

import json
import random
from dataclasses import asdict, replace

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.cluster import CLUSTERERS
from rashomon.core import UsageError, child, digest_array, refusal, require_portable
from rashomon.dataset import unique_receptors
from rashomon.encode import STEPS
from rashomon.multiverse import slots_of
from tests.conformance.test_steps import OF_RECEPTORS
from tests.receptor_sample import planted

PARAMS = {
    "select_chains": {"chain": "vdj", "dual": "primary"},
    "sequence_distance": {"metric": "hamming", "cutoff": 1},
    "tcrdist_distance": {"cutoff": 24, "definition": "tcrdist3"},
    "match_genes": {"v": "gene", "j": "none"},
    "similarity": {"cutoff": 1},
    "kmer_view": {"n_dims": 10},
    "residue_view": {"factors": "kidera"},
    "embedding_radius": {"cutoff": 0.3, "metric": "cosine"},
    "spread": {},
    "component": {},
    "linkage": {"cutoff": 1},
    "sparse_dbscan": {"min_samples": 2},
    "sparse_hdbscan": {"cutoff": 1, "min_cluster_size": 3},
    "two_step": {"size": 50, "inflation": 2.0},
    "motif": {"n_backgrounds": 5},
}

STEPS_HERE = {
    step.name: step for step in (*STEPS.values(), *CLUSTERERS.values()) if OF_RECEPTORS & {*step.reads, *step.writes}
}
PATH = ("select_chains", "sequence_distance", "similarity", "component", "kmer_view")
"""A path that makes every slot which is not at the root."""


@pytest.fixture(scope="module")
def state():
    made = slots_of(unique_receptors(planted(np.random.default_rng(6)))[0])
    made = dict(made)
    for name in PATH:
        made |= STEPS_HERE[name].run(made, PARAMS[name])
    for value in made.values():
        for part in _parts(value):
            part.setflags(write=False)
    return made


def _parts(value):
    return [value.data, value.indices, value.indptr] if sp.issparse(value) else [value]


def _run(step, state, *names):
    return step.run(state, PARAMS[step.name], child(1, step.name, *names) if step.stochastic else None)


def _digests(slots):
    return {name: digest_array(value) for name, value in slots.items()}


def test_every_step_is_covered():
    """Each step on receptors has parameters here, and nothing else has."""
    assert set(PARAMS) == set(STEPS_HERE)


@pytest.mark.parametrize("name", list(STEPS_HERE))
def test_a_step_writes_what_it_declares_and_nothing_else(name, state):
    """Declared slots are written, the same twice; what was read, and the global random state, are as before."""
    step = STEPS_HERE[name]
    # the first import of a library may draw random names
    _run(step, state)
    before = _digests({slot: state[slot] for slot in step.reads})
    random_before = digest_array(np.random.get_state()[1]), random.getstate()  # noqa: NPY002 - read only
    first, second = _run(step, state), _run(step, state)
    assert tuple(first) == step.writes
    assert _digests(first) == _digests(second)
    assert _digests({slot: state[slot] for slot in step.reads}) == before
    assert (digest_array(np.random.get_state()[1]), random.getstate()) == random_before  # noqa: NPY002


@pytest.mark.parametrize("name", [name for name, step in STEPS_HERE.items() if "distances" in step.writes])
def test_distances_have_one_form(name, state):
    """Canonical CSR of float32, symmetric, no diagonal; a stored value is the distance plus 1."""
    found = _run(STEPS_HERE[name], state)["distances"]
    assert (found.format, found.dtype, found.has_canonical_format) == ("csr", np.float32, True)
    assert abs(found - found.T).nnz == 0
    assert not found.diagonal().any()
    assert found.nnz == 0 or found.data.min() >= 1


@pytest.mark.parametrize("name", [name for name in STEPS_HERE if name in CLUSTERERS])
def test_labels_are_of_items(name, state):
    """Clusterers label items, from 0 without gaps; an item without a cluster has -1."""
    labels = _run(STEPS_HERE[name], state)["labels"]
    assert labels.dtype == np.int32
    assert labels.size == state["items"].max() + 1
    assert np.unique(labels[labels >= 0]).tolist() == list(range(labels.max() + 1))


@pytest.mark.parametrize("name", [name for name, step in STEPS_HERE.items() if step.max_obs is not None])
def test_what_is_too_large_is_refused_with_its_cost(name, state):
    """A limit comes with a cost, and above it the step is refused."""
    step = STEPS_HERE[name]
    assert step.cost in refusal(step, step.max_obs + 1)
    with pytest.raises(UsageError, match=f"{name} is refused above 20 cells"):
        _run(replace(step, max_obs=20), state)


@pytest.mark.parametrize("name", list(STEPS_HERE))
def test_registered_steps_run_everywhere(name):
    """No record is bound to this process: each can be written down and run by a worker."""
    require_portable([STEPS_HERE[name]])
    json.dumps(asdict(STEPS_HERE[name]))
