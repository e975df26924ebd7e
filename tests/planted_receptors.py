"""Receptors with planted clusters of every kind, for tests of words and reports."""

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask import Judged
from rashomon.dataset import Dataset, Roles, Truth
from rashomon.dataset.gene_call import GeneCalls
from rashomon.dataset.receptors import Receptors

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
CODON = dict(
    zip(
        RESIDUES,
        "gct tgt gat gaa ttt ggt cat att aaa ctt atg aat cct caa cgt tct act gtt tgg tat".upper().split(),
        strict=True,
    )
)
N_V, N_J = 20, 6


def junctions(n, rng, *, length=13):
    """Random junctions of one length."""
    inside = rng.choice(list(RESIDUES), size=(n, length - 5))
    return ["CAS" + "".join(row) + "YF" for row in inside]


def frame(n, rng, *, donors=8, labels=6):
    """Receptors without any structure: one row each."""
    return pd.DataFrame(
        {
            "aa": [junctions(1, rng, length=length)[0] for length in rng.integers(12, 16, n)],
            "v": [f"TRBV{i}*01" for i in rng.integers(1, N_V + 1, n)],
            "j": [f"TRBJ{i}*01" for i in rng.integers(1, N_J + 1, n)],
            "donor": [f"d{i}" for i in rng.integers(0, donors, n)],
            "batch": [f"b{i}" for i in rng.integers(0, 2, n)],
            "epitope": [f"e{i}" for i in rng.integers(0, labels, n)],
            "copies": 1.0,
            "cluster": -1,
            "mait": False,
        }
    ).assign(nt=lambda table: [translate(aa) for aa in table["aa"]])


def translate(aa):
    """One stretch of nucleotides that gives `aa`."""
    return "".join(CODON[residue] for residue in aa)


def planted(rows, cluster, **columns):
    """Return `rows` as one cluster with some columns set."""
    return rows.assign(cluster=cluster, **columns).assign(nt=lambda table: [translate(aa) for aa in table["aa"]])


def dataset(table, *, donor=True, label=True):
    """The data set of unique receptors behind such a table."""
    n = len(table)
    calls = {name: GeneCalls.from_texts(table[name]) for name in ("v", "j")}
    none = GeneCalls.from_texts([""] * n)
    chains = Receptors(
        np.arange(n), np.ones(n, dtype=np.int8), table["aa"].to_numpy(dtype="S"), table["nt"].to_numpy(dtype="S"),
        calls["v"], calls["j"], calls["v"], calls["j"], none, none, table["copies"].to_numpy(dtype=float),
        np.ones(n, dtype=np.int8), "human", {"mait_like": table["mait"].to_numpy(dtype=bool)},
    )  # fmt: skip
    obs = pd.DataFrame({"copies": table["copies"].to_numpy()}, index=[f"r{i}" for i in range(n)])
    roles = {
        name: Truth.from_series(pd.Series(table[name].to_numpy(), name=name), kind="technical")
        for name in (("donor", "batch") if donor else ("batch",))
    }
    truths = {}
    if label:
        series = pd.Series(table["epitope"].to_numpy(), name="epitope")
        truths["epitope"] = Truth.from_series(series, kind="biological", derived_from="external")
    return Dataset(obs, truths=truths, roles=Roles(**roles), receptors=chains, item="receptor", source="planted")


def judged(table):
    """Its clusters as labels on trial."""
    codes = table["cluster"].to_numpy(dtype=np.int32)
    return Judged("clusters", codes, tuple(f"c{i}" for i in range(codes.max() + 1)), own=True)


def linked(table, *, pairs=None):
    """Distances: all pairs of a cluster, or the given ones, at distance 1."""
    codes, n = table["cluster"].to_numpy(), len(table)
    if pairs is None:
        pairs = [(i, j) for i in range(n) for j in range(i) if codes[i] == codes[j] >= 0]
    i, j = np.array(pairs).reshape(-1, 2).T
    one = sp.csr_matrix((np.full(i.size, 2.0, dtype=np.float32), (i, j)), shape=(n, n))
    return (one + one.T).tocsr()
