"""Cells simulated by scDesigner; run by a Python (3.11 or newer) of its own, since torch is no dependency of ours.

Negative binomial regression of every gene on the labels and the depth of the cells, and a Gaussian copula of the genes
that are expressed most. The simulated cells have the labels and the depths of the real ones as covariates.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

from result import peak_mib


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("cells", type=Path, help="h5ad with counts in X")
    parser.add_argument("output", type=Path, help="npz of a CSR matrix, and of the covariates' `rows` in the input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--labels", nargs="+", required=True, help="columns of obs on which the means depend")
    parser.add_argument("-n", "--cells-out", type=int, help="cells to simulate; default: as many as there are")
    parser.add_argument("--top-k", type=int, default=1000, help="genes in the copula; all others are independent")
    parser.add_argument("--copula", default="~ label_0", help="groups of cells with a correlation each")
    parser.add_argument("--estimator", default="ledoit_wolf", help="of the correlation: sample, oas, ledoit_wolf")
    parser.add_argument("--batch-size", type=int, default=128, help="cells per step of its optimiser")
    parser.add_argument("--lr", type=float, default=0.02, help="of its optimiser; its own default is 0.005")
    parser.add_argument("--max-epochs", type=int, default=60, help="its own default is 500")
    parser.add_argument("--no-depth", action="store_true", help="means depend on the labels alone")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def covariates(table: Any, labels: list[str], *, depth: bool) -> tuple[Any, str]:
    """Return a table with `label_0`, `label_1`, ... and the logarithm of the depth, and the formula of the means."""
    import numpy as np
    import pandas as pd

    # its formulas know columns by name, and categories by their type
    columns = {f"label_{i}": pd.Categorical(table.obs[name].astype(str)) for i, name in enumerate(labels)}
    terms = list(columns)
    if depth:
        logs = np.log(np.asarray(table.X.sum(axis=1), dtype=float).ravel())
        columns["log_depth"] = (logs - logs.mean()) / logs.std()
        terms.append("log_depth")
    return pd.DataFrame(columns, index=table.obs_names), f"~ {' + '.join(terms)}"


def simulate(asked: argparse.Namespace) -> dict[str, Any]:
    """Fit, draw and write; return seconds, and how the fit ended."""
    import anndata as ad
    import numpy as np
    import scipy.sparse as sp
    import torch
    from scdesigner.simulators import NegBinCopula

    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    np.random.seed(asked.seed)  # noqa: NPY002, TID251 - the generator that scDesigner draws from
    table = ad.read_h5ad(asked.cells)
    obs, formula = covariates(table, asked.labels, depth=not asked.no_depth)
    top_k = asked.top_k if asked.top_k < table.n_vars else None

    begun = time.perf_counter()
    model = NegBinCopula(formula, "~ 1", asked.copula, estimator=asked.estimator, top_k=top_k)
    steps = {"batch_size": asked.batch_size, "lr": asked.lr, "max_epochs": asked.max_epochs}
    model.fit(ad.AnnData(table.X, obs=obs, var=table.var[[]]), verbose=False, **steps)
    fitted = time.perf_counter()

    rows = np.arange(table.n_obs)
    if asked.cells_out is not None and asked.cells_out != rows.size:
        rows = np.random.default_rng(asked.seed).choice(rows, asked.cells_out)
    wanted = obs.iloc[rows].set_axis([f"cell_{i}" for i in range(rows.size)])
    # one batch: it decomposes the correlation anew for each
    counts = sp.csr_matrix(model.sample(wanted, batch_size=rows.size).X)
    drawn = time.perf_counter()
    np.savez(
        asked.output, data=counts.data, indices=counts.indices, indptr=counts.indptr, shape=counts.shape, rows=rows
    )
    return {
        "version": version("scdesigner"),
        "torch": version("torch"),
        "formula": formula,
        "copula": f"{asked.copula}, {top_k or table.n_vars} of {table.n_vars} genes, {asked.estimator}",
        "epochs": len(model.marginal.fit_history),
        "best_epoch": model.marginal.best_epoch,
        "validation_loss": round(model.marginal.best_validation_loss, 5),
        "fit_seconds": round(fitted - begun, 2),
        "draw_seconds": round(drawn - fitted, 2),
    }


def main() -> None:
    """Simulate, and print one line of JSON."""
    asked = arguments()
    # before numpy and torch are loaded; none on an accelerator, which other simulators would not have
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(asked.threads)
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    with redirect_stdout(sys.stderr):
        said = simulate(asked)
    print(json.dumps(said | {"threads": asked.threads, "peak_mib": round(peak_mib(), 1)}))


if __name__ == "__main__":
    main()
