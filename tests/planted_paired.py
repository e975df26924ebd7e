"""Cells with expression and receptors: families of receptors that sit in states, or do not, and clones that expand."""

import warnings

import anndata
import mudata
import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.dataset import Dataset, Roles, Truth
from rashomon.dataset.gene_call import GeneCalls
from rashomon.dataset.receptors import Receptors
from rashomon.io.receptor.modality import write_airr_obsm
from tests.planted_receptors import junctions, translate

N_STATES = 4


def clones(rng, *, n_families=12, n_members=6, n_orphans=160, n_donors=8, planted=True, expanded=True):
    """A table of clones: donor, family (-1 none), junction, state and number of cells."""
    family = np.repeat(
        np.r_[np.arange(n_families), np.full(n_orphans, -1)], np.r_[[n_members] * n_families, [1] * n_orphans]
    )
    roots = junctions(n_families, rng, length=14)
    aa = junctions(family.size, rng, length=15)
    place = np.arange(family.size) % n_members
    for row in np.flatnonzero(family >= 0):
        # members differ from the root in one place: two substitutions between members, one to the root
        root = roots[family[row]]
        aa[row] = root if place[row] == 0 else f"{root[:6]}{'ADEGHIKL'[place[row]]}{root[7:]}"
    donor = np.where(family >= 0, (place + family) % n_donors, rng.integers(0, n_donors, family.size))
    state = rng.integers(0, N_STATES, family.size)
    if planted:
        state[family >= 0] = family[family >= 0] % N_STATES
    n_cells = 1 + (rng.random(family.size) < (0.6 * (state == 1) if expanded else 0.15)) * rng.integers(
        1, 6, family.size
    )
    return pd.DataFrame({"donor": donor, "family": family, "aa": aa, "state": state, "n_cells": n_cells})


def cells(table, rng, *, stay=0.9):
    """One row per cell: its clone and its state, which is that of the clone for a share `stay` of the cells."""
    found = table.loc[table.index.repeat(table["n_cells"])].rename_axis("clone").reset_index()
    moved = rng.random(len(found)) > stay
    found.loc[moved, "state"] = rng.integers(0, N_STATES, int(moved.sum()))
    return found.set_axis([f"cell{i}" for i in range(len(found))])


def receptors(table, *, donor=True):
    """The receptors of such cells, one beta chain each."""
    n = len(table)
    v, none = GeneCalls.from_texts(["TRBV9*01"] * n), GeneCalls.from_texts([""] * n)
    j = GeneCalls.from_texts(["TRBJ2-1*01"] * n)
    chains = Receptors(
        np.arange(n), np.ones(n, dtype=np.int8), table["aa"].to_numpy(dtype="S"),
        np.array([translate(aa) for aa in table["aa"]], dtype="S"), v, j, v, j, none, none, np.ones(n),
        np.ones(n, dtype=np.int8), "human",
    )  # fmt: skip
    series = pd.Series([f"d{code}" for code in table["donor"]], name="donor")
    roles = Roles(donor=Truth.from_series(series, kind="technical")) if donor else Roles()
    return Dataset(pd.DataFrame(index=table.index), roles=roles, receptors=chains, item="cell", source="planted")


def expression(table, rng, *, n_genes=120):
    """Counts with 15 markers per state, the state as a column, and the donor."""
    rate = rng.gamma(2.0, 0.5, n_genes) * np.ones((N_STATES, 1))
    for state in range(N_STATES):
        rate[state, 15 * state : 15 * state + 15] *= 8
    counts = rng.poisson(rate[table["state"]]).astype(np.float32)
    obs = pd.DataFrame(
        {"state": [f"s{code}" for code in table["state"]], "donor": [f"d{code}" for code in table["donor"]]},
        index=table.index,
    )
    return anndata.AnnData(sp.csr_matrix(counts), obs, pd.DataFrame(index=[f"GENE{i}" for i in range(n_genes)]))


def both(rng, *, n_without=30, **settings):
    """A MuData; `n_without` cells have expression alone, and as many have receptors alone."""
    table = cells(clones(rng, **settings), rng)
    airr = anndata.AnnData(obs=pd.DataFrame(index=table.index[n_without:]))
    write_airr_obsm(airr, receptors(table.iloc[n_without:]))
    with warnings.catch_warnings():
        # mudata warns about names that modalities share, which is what pairs them
        warnings.simplefilter("ignore")
        return mudata.MuData({"gex": expression(table.iloc[: len(table) - n_without], rng), "airr": airr})
