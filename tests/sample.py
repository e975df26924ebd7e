"""A small good AnnData, files made from it, and how a refusal is tested."""

import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from rashomon.core import InputError

N_OBS, N_VARS = 24, 30


def small(*, n_obs=N_OBS, n_vars=N_VARS):
    """Poisson counts without empty cells or genes, two label columns, donors, batches and an embedding."""
    rng = np.random.default_rng(5)
    counts = rng.poisson(1.2, size=(n_obs, n_vars)).astype(np.float32)
    counts[:, 0] += 1
    counts[0] += 1
    obs = pd.DataFrame(
        {
            "cell_type": pd.Categorical(np.where(np.arange(n_obs) % 2, "B", "T")),
            "gate": np.where(np.arange(n_obs) % 3, "yes", "no"),
            "donor": [f"d{i % 4}" for i in range(n_obs)],
            "batch": [f"b{i % 4 // 2}" for i in range(n_obs)],
        },
        index=[f"cell{i}" for i in range(n_obs)],
    )
    var = pd.DataFrame(index=[f"gene{j}" for j in range(n_vars)])
    embedding = rng.normal(size=(n_obs, 3)).astype(np.float32)
    return ad.AnnData(sp.csr_matrix(counts), obs=obs, var=var, obsm={"X_pca": embedding})


def logged(counts, *, depth=100.0):
    """Log-normalised counts."""
    total = np.asarray(counts.sum(axis=1)).ravel()
    return sp.csr_matrix(sp.diags(depth / total) @ counts).log1p().astype(np.float32)


def good_file(folder):
    """Write the small AnnData as a good file; return its path."""
    path = folder / "good.h5ad"
    path.write_bytes(_good_bytes())
    return path


@cache
def _good_bytes():
    with TemporaryDirectory() as folder:
        path = Path(folder) / "good.h5ad"
        small().write_h5ad(path)
        return path.read_bytes()


@contextmanager
def edited(path):
    """Open a file to damage it."""
    with h5py.File(path, "r+") as file:
        yield file


def replace(file, name, values):
    """Put another array in the place of a dataset, with the same attributes."""
    attributes = dict(file[name].attrs)
    del file[name]
    file[name] = values
    file[name].attrs.update(attributes)


@contextmanager
def refused(code, *, what, where):
    """The block must raise an InputError with this code, these words and this place, and say what to do."""
    with pytest.raises(InputError, match=re.escape(what)) as caught:
        yield
    error = caught.value
    assert (error.code, error.exit_code) == (code, 3)
    assert what in error.what
    assert where in error.where
    assert error.expected
    assert error.fix


def noted(code, notes, *, what):
    """One of the notes must carry this code and these words."""
    assert [note for note in notes if note.endswith(f" [{code}]") and what in note], notes
