"""The output of a step changes only together with its version.

After a wanted change, raise the version of the step and write the new values down:
``RASHOMON_GOLDEN=write .venv/bin/python -m pytest tests/regression``.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import child
from rashomon.encode import flag_genes
from tests.conformance.test_steps import ALL, CHAIN, PARAMS, RUN

GOLDEN = Path(__file__).with_name("golden.json")


@pytest.fixture(scope="module")
def slots():
    """Every slot of a plan, from three well-separated groups of counts: no step hangs on the last bit."""
    rng = np.random.default_rng(11)
    means = np.exp(rng.normal(-0.5, 1.2, (3, 60)))
    counts = rng.poisson(means[np.arange(120) % 3]).astype(np.float32)
    donor = (np.arange(120) % 4).astype(np.int32)
    root = {
        "x": sp.csr_matrix(counts),
        "rows": np.arange(120, dtype=np.int64),
        "genes": np.arange(60, dtype=np.int64),
        "gene_flags": flag_genes([f"TRAV{j}" if j % 9 == 0 else f"g{j}" for j in range(60)]),
        "donor": donor,
        "batch": donor % 2,
        "chosen": np.arange(0, 60, 3, dtype=np.int64),
    }
    made = dict(root)
    for name in CHAIN:
        made |= ALL[name].run(made, PARAMS[name])
    return made | root


def summary(value):
    """Numbers that move when an array does: shape, sum, sum weighted by place, extremes."""
    if hasattr(value, "get_edgelist"):
        value = np.array(
            [[*edge, weight] for edge, weight in zip(value.get_edgelist(), value.es["weight"], strict=True)]
        )
    array = np.asarray(value.todense() if sp.issparse(value) else value, dtype=np.float64)
    # the sign of a component is free
    flat = np.abs(array).ravel()
    places = np.linspace(0, 1, flat.size)
    return [*map(float, array.shape), flat.sum(), float(flat @ places), flat.min(), flat.max()]


def outputs(name, slots):
    """The summaries of what a step writes."""
    step = ALL[name]
    written = step.run(slots, PARAMS[name], child(5, name) if step.stochastic else None)
    return {slot: summary(value) for slot, value in written.items()}


@pytest.mark.parametrize("name", sorted(RUN))
def test_output_belongs_to_the_version(name, slots):
    """The output is the one written down for this version, to 1 in 10,000."""
    known = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    key, found = f"{name} {ALL[name].version}", outputs(name, slots)
    if os.environ.get("RASHOMON_GOLDEN") == "write":
        GOLDEN.write_text(json.dumps({**known, key: found}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return
    assert key in known, f"no golden values for version {ALL[name].version} of {name}: see the top of this file"
    for slot, values in found.items():
        assert values == pytest.approx(known[key][slot], rel=1e-4, abs=1e-6), slot
