"""Hypothesis strategies: labelings, partitions, tables of runs, small count matrices."""

import numpy as np
import pandas as pd
import scipy.sparse as sp
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rashomon.partitions import Partitions


def labelings(*, min_size=1, max_size=40, max_classes=6, lowest=-2):
    """Label codes ``int32``; `lowest` is 0 for complete labelings, -1 with unassigned, -2 with missing ones."""
    sizes = st.integers(min_size, max_size)
    codes = st.integers(lowest, max_classes - 1)
    return sizes.flatmap(lambda n: npst.arrays(np.int32, n, elements=codes))


@st.composite
def labeling_pairs(draw, *, min_size=1, max_size=40, max_classes=6, lowest=-2):
    """Two labelings of the same items."""
    a = draw(labelings(min_size=min_size, max_size=max_size, max_classes=max_classes, lowest=lowest))
    b = draw(npst.arrays(np.int32, a.size, elements=st.integers(lowest, max_classes - 1)))
    return a, b


def _cells():
    number = st.floats(allow_nan=True, allow_infinity=True)
    text = st.text(max_size=5)
    kinds = [number, st.integers(-(2**63), 2**63 - 1), st.booleans(), text, st.none() | text | number, st.lists(text)]
    return st.sampled_from(kinds)


@st.composite
def run_tables(draw, n_runs):
    """Tables of `n_runs` runs with columns of every type that a file must give back."""
    table = {"run": [f"run {i}" for i in range(n_runs)]}
    for name in draw(st.lists(st.sampled_from(["choice", "seconds", "status", "n_used"]), unique=True)):
        table[name] = draw(st.lists(draw(_cells()), min_size=n_runs, max_size=n_runs))
    return pd.DataFrame(table)


@st.composite
def partitions(draw, *, min_obs=0, max_obs=20, max_runs=5, max_classes=5):
    """Partitions with unassigned and missing items."""
    n_obs, n_runs = draw(st.integers(min_obs, max_obs)), draw(st.integers(0, max_runs))
    labels = draw(npst.arrays(np.int32, (n_obs, n_runs), elements=st.integers(-2, max_classes - 1)))
    return Partitions(labels, np.array([f"c{i}" for i in range(n_obs)], dtype=str), draw(run_tables(n_runs)))


@st.composite
def count_matrices(draw, *, max_obs=20, max_vars=15):
    """Small count matrices: CSR ``float32``, with empty rows and columns."""
    shape = draw(st.tuples(st.integers(1, max_obs), st.integers(1, max_vars)))
    counts = draw(npst.arrays(np.int64, shape, elements=st.integers(0, 50), fill=st.just(0)))
    return sp.csr_matrix(counts.astype(np.float32))
