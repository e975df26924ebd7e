"""Fit selection: the weights under which reweighted generated chains have the features of observed ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from rashomon.core import RashomonError, UsageError, first_few, root_entropy
from rashomon.sim.selection.bound import MAX_CUT, rejection_bound
from rashomon.sim.selection.feature import (
    KINDS,
    FeatureSpace,
    add_weights,
    count_features,
    feature_codes,
    letters_of,
)
from rashomon.sim.selection.gene import gene_groups, group_codes
from rashomon.sim.selection.model import Selection
from rashomon.sim.selection.support import Support
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import RecombinationModel, recombine

__all__ = ["DEPTH", "MAX_BOUND", "MAX_LENGTH", "fit_selection", "fit_weights"]

DEPTH = 12
"""Positions counted from each end."""

MAX_LENGTH = 25
"""Residues; longer junctions share this length."""

MAX_BOUND = 1000
"""Largest bound of Q: above it rejection would not end, and an estimate of Q is not to be trusted."""


def fit_selection(
    junction_aa: np.ndarray,
    v_genes: Sequence[str] | np.ndarray,
    j_genes: Sequence[str] | np.ndarray,
    *,
    model: RecombinationModel,
    n_generated: int = 200_000,
    penalty: float = 1.0,
    rng: np.random.Generator,
) -> Selection:
    """Return the selection that turns generated chains into observed ones.

    Maximum likelihood of ``Q = exp(sum of weights) / Z`` relative to generation, with a ridge penalty: the mean of
    every feature over generated chains, weighted by Q, becomes the mean over the observed ones, up to the penalty
    (SONIA: Sethna et al., PNAS 2020). The problem is convex; it is solved by L-BFGS. Work is linear in the chains.

    Parameters
    ----------
    junction_aa
        Junctions of productive chains, unique per donor, dtype ``S``, shape ``(n,)``.
    v_genes, j_genes
        Calls, texts, shape ``(n,)``. A call of several genes, separated by commas, says that the data cannot tell them
        apart: they share their weights, here and in all other rows. Within such a group usage stays that of generation.
    model
        Recombination model of the locus.
    n_generated
        Chains generated for the fit; as many again, which the fit has not seen, give the normaliser and the bound.
    penalty
        Of half the sum of squared weights, against the log-likelihood summed over chains: the precision of a normal
        prior on every weight.
    rng
        Gives the key of the generated chains (one draw).

    Returns
    -------
    The fit; its `notes` say which rows were left out, and which genes could not be estimated: rows whose V or J is
    never generated, whose junction holds other letters than the 20 residues, or whose first or last three residues
    hardly ever occur with their V or J among the generated chains - wrong calls and errors of reading, on which weights
    would grow without limit. A gene that is generated and never observed has a low weight, kept finite by the penalty.

    Raises
    ------
    UsageError
        When lengths differ, the penalty or the number of chains is not positive, or no row is left.
    RashomonError
        When the fit does not converge, or Q rests on few generated chains.
    """
    _check(len(junction_aa), len(v_genes), len(j_genes), n_generated=n_generated, penalty=penalty)
    made = recombine(model, stream_key(root_entropy(rng), "selection", "generated"), np.arange(2 * n_generated))
    v_groups = _groups(v_genes, model.v_genes, made.v_genes())
    j_groups = _groups(j_genes, model.j_genes, made.j_genes())
    v = group_codes(v_genes, genes=model.v_genes, groups=v_groups, where="v_genes")
    j = group_codes(j_genes, genes=model.j_genes, groups=j_groups, where="j_genes")
    letters, letters_made = letters_of(np.asarray(junction_aa)), letters_of(made.junction_aa)
    v_made, j_made = v_groups[made.v_genes()], j_groups[made.j_genes()]
    support = Support.of(letters_made, v_made, j_made)
    reason = support.reasons(letters, v, j)
    kept = reason == 0
    if not kept.any():
        raise _empty(model, reason)
    space = FeatureSpace(int(v_groups.max()) + 1, int(j_groups.max()) + 1, MAX_LENGTH, DEPTH)
    codes = feature_codes(letters_made, v_made, j_made, space=space)
    # both sides of the likelihood are conditional on the support
    able = support.reasons(letters_made, v_made, j_made)[:n_generated] == 0
    real = feature_codes(letters[kept], v[kept], j[kept], space=space)
    weights = fit_weights(real, codes[:n_generated][able], size=space.size, penalty=penalty)
    log_z, bound, cut = _scale(add_weights(codes[n_generated:], weights))
    parts = np.split(weights, space.starts[1:-1])
    unseen = _unseen(model.v_genes, v_groups, v[kept]) + _unseen(model.j_genes, j_groups, j[kept])
    return Selection(
        species=model.species,
        locus=model.locus,
        v_genes=model.v_genes,
        j_genes=model.j_genes,
        v_groups=v_groups,
        j_groups=j_groups,
        weights={kind: part.reshape(space.shapes[kind]) for kind, part in zip(KINDS, parts, strict=True)},
        log_z=log_z,
        bound=bound,
        cut=cut,
        n_real=int(kept.sum()),
        n_generated=n_generated,
        notes=(*Support.notes(reason), *unseen),
    )


def fit_weights(real: np.ndarray, generated: np.ndarray, *, size: int, penalty: float) -> np.ndarray:
    """Return the weights that maximise the penalised likelihood of the `real` chains, ``float64``, shape ``(size,)``.

    Parameters
    ----------
    real, generated
        From `rashomon.sim.selection.feature.feature_codes`; no row without features.
    size
        Number of features.
    penalty
        See `fit_selection`.

    Raises
    ------
    RashomonError
        When the fit does not converge.

    Examples
    --------
    One feature of two values, a quarter of generation and half of what is observed:

    >>> real, generated = np.array([[0], [1]] * 500), np.array([[0], [1], [1], [1]] * 500)
    >>> weights = fit_weights(real, generated, size=2, penalty=1e-3)
    >>> round(float(np.exp(weights[0] - weights[1])), 2)
    3.0
    """
    n_real = real.shape[0]
    observed = count_features(real, np.ones(n_real), size=size) / n_real
    ridge = penalty / n_real

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        log_q = add_weights(generated, weights)
        top = log_q.max()
        mass = np.exp(log_q - top)
        total = mass.sum()
        value = top + np.log(total / mass.size) - observed @ weights + ridge / 2 * (weights @ weights)
        return float(value), count_features(generated, mass / total, size=size) - observed + ridge * weights

    options = {"maxiter": 2000, "maxcor": 20, "gtol": 1e-6, "ftol": 0.0}
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options=options)  # type: ignore[call-overload]
    slope = float(np.abs(found.jac).max())
    # a line search that ends at the last bit of the loss is an end too
    if slope > 1e-4:
        raise RashomonError(
            "the fit of selection did not converge",
            where=f"largest slope {slope:.2g} after {found.nit} iterations",
            expected="a slope below 1e-4",
            fix="use a larger penalty",
            code="selection.convergence",
        )
    return np.asarray(found.x)


def _check(n: int, n_v: int, n_j: int, *, n_generated: int, penalty: float) -> None:
    if not n == n_v == n_j:
        raise UsageError(
            f"{n} junctions, {n_v} V calls and {n_j} J calls",
            where="junction_aa, v_genes and j_genes",
            expected="one each per chain",
            code="selection.length",
        )
    if n_generated < 1 or not penalty > 0:
        raise UsageError(
            f"n_generated is {n_generated}, penalty {penalty}",
            where="n_generated, penalty",
            expected="positive numbers",
            code="selection.fit",
        )


def _groups(calls: Sequence[str] | np.ndarray, genes: Sequence[str], made: np.ndarray) -> np.ndarray:
    """Return the group of each gene; `made` are the genes of the generated chains."""
    able = np.bincount(made, minlength=len(genes)) > 0
    return gene_groups(sorted(set(calls)), genes=genes, able=able)


def _scale(log_q: np.ndarray) -> tuple[float, float, float]:
    """Return normaliser, bound and share cut off, from chains that the fit has not seen."""
    log_z = float(np.logaddexp.reduce(log_q) - np.log(log_q.size))
    bound, cut = rejection_bound(log_q - log_z, max_cut=MAX_CUT)
    if bound > np.log(MAX_BOUND):
        raise RashomonError(
            f"Q reaches {np.exp(bound):.3g} times its mean: it rests on few generated chains",
            where="fit of selection",
            expected=f"a bound below {MAX_BOUND}",
            fix="use a larger penalty or more generated chains, and look for wrong calls of V and J in the data",
            code="selection.bound",
        )
    return log_z, bound, cut


def _empty(model: RecombinationModel, reason: np.ndarray) -> UsageError:
    return UsageError(
        "no row is like a generated chain",
        where="junction_aa, v_genes, j_genes",
        expected=f"productive chains of {model.species} {model.locus}",
        fix="; ".join(Support.notes(reason)) or "give some rows",
        code="selection.empty",
    )


def _unseen(genes: Sequence[str], groups: np.ndarray, codes: np.ndarray) -> list[str]:
    """Return the note on genes that are generated and never observed, if there are any."""
    seen = np.bincount(codes, minlength=int(groups.max()) + 1) > 0
    absent = [gene for gene, group in zip(genes, groups.tolist(), strict=True) if group >= 0 and not seen[group]]
    return [f"generated, never observed: {first_few(absent, n=len(absent))}"] if absent else []
