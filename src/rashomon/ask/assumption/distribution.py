"""Whether the cells of a cluster are one distribution, as far as a test for structure within it can say."""

from __future__ import annotations

from math import ceil

import numpy as np

from rashomon.ask.assumption.probe import Tables, Told
from rashomon.ask.request import Request
from rashomon.core import first_few
from rashomon.structure.node import MIN_CELLS
from rashomon.structure.residual import residuals
from rashomon.structure.spectrum import spectrum_test

__all__ = ["one_distribution"]

_ALPHA, _N_CLUSTERS, _N_CELLS, _N_GENES, _FEWEST_GENES = 0.05, 5, 400, 300, 10
"""Level over all clusters; most clusters, and cells and genes of each, that are tested; fewest genes."""


def one_distribution(request: Request, tables: Tables) -> Told:
    """Say that it is violated where genes vary together within a cluster; a test that finds nothing shows nothing.

    The test for structure of question 1 (`rashomon.structure.spectrum_test`), within each of the five largest clusters
    and, where batches are declared, within these; a part of the cells and genes of each; Bonferroni over the clusters.

    Parameters
    ----------
    request, tables
        Counts, labels and batches; no table.
    """
    del tables
    expression, judged = request.dataset.expression, request.judged
    if expression is None or expression.kind != "counts":
        return "untested", "there are no raw counts"
    largest = [
        code for code in np.argsort(-judged.sizes, kind="stable")[:_N_CLUSTERS] if judged.sizes[code] >= MIN_CELLS
    ]
    if not largest:
        return "untested", f"no cluster has {MIN_CELLS} cells"
    p = {judged.categories[code]: _p_structure(request, int(code), n_tests=len(largest)) for code in largest}
    tested = {name: value for name, value in p.items() if np.isfinite(value)}
    if not tested:
        return "untested", f"in the largest clusters fewer than {_FEWEST_GENES} genes can be tested"
    found = [name for name, value in tested.items() if value <= _ALPHA / len(largest)]
    of = f"of the {len(tested)} largest clusters" if len(tested) > 1 else "of the largest cluster"
    if found:
        return "violated", f"{of}, genes vary together within {first_few(found, n=5)}"
    return "untested", f"{of}, none was seen to have structure within it, and what is too weak would not be seen"


def _p_structure(request: Request, code: int, *, n_tests: int) -> float:
    """Return the p value of structure within a cluster; NaN where too few genes vary."""
    expression, batch = request.dataset.expression, request.dataset.roles.batch
    assert expression is not None  # noqa: S101 - asked before
    rng = request.rng("one distribution", code)
    rows = np.flatnonzero(request.judged.codes == code)
    rows = np.sort(rng.permutation(rows)[:_N_CELLS])
    found = residuals(expression.x[rows], batch=None if batch is None else batch.codes[rows], n_genes=_N_GENES)
    if found.values.shape[1] < _FEWEST_GENES:
        return float("nan")
    n_permutations = max(19, ceil(n_tests / _ALPHA - 1e-9) - 1)
    return spectrum_test(found, n_permutations=n_permutations, rng=rng).p
