"""Small tables of chains, and the tables of the fixtures as the readers would give them."""

from pathlib import Path

import numpy as np
import pandas as pd

from rashomon.io.receptor.chain_table import TEXTS, ChainTable

FIXTURES = Path(__file__).parents[1] / "data" / "fixtures"
PRODUCTIVE = {"T": 1, "F": 0, "True": 1, "False": 0}


def chain_table(*, where="x.tsv", is_cdr3=False, obs=None, n_obs=None, productive=None, count=None, **texts):
    """Return a table of the columns of text that are given; one row per chain unless `obs` says otherwise."""
    n = len(next(iter(texts.values())))
    columns = {name: np.array(texts.get(name, [""] * n), dtype=object) for name in TEXTS}
    obs = np.arange(n) if obs is None else np.asarray(obs)
    return ChainTable(
        **columns,
        obs=obs.astype(np.int64),
        count=np.full(n, np.nan) if count is None else np.asarray(count, dtype=float),
        productive=np.full(n, -1, dtype=np.int8) if productive is None else np.asarray(productive, dtype=np.int8),
        is_cdr3=is_cdr3,
        where=where,
        n_obs=int(obs.max(initial=-1)) + 1 if n_obs is None else n_obs,
    )


def frame_table(frame, names=None, *, where="x.tsv", is_cdr3=False):
    """Return the chains of a frame of texts whose columns are called as `names` says (as in AIRR by default)."""
    names = {name: name for name in TEXTS} if names is None else names
    texts = {name: frame[column].to_numpy(dtype=object) for name, column in names.items() if column in frame}
    said = frame["productive"].map(PRODUCTIVE).fillna(-1) if "productive" in frame else None
    return chain_table(where=where, is_cdr3=is_cdr3, productive=said, **texts)


def airr_frame(path):
    """Return a table of AIRR as texts."""
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def wide(letter):
    """Return the names of the columns of a table of tcrdist3, for one chain."""
    return {
        "v_call": f"v_{letter}_gene", "j_call": f"j_{letter}_gene", "junction_aa": f"cdr3_{letter}_aa",
        "junction": f"cdr3_{letter}_nucseq",
    }  # fmt: skip
