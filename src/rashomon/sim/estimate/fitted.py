"""A world's tables from real counts: everything that a twin of the data needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import logsumexp

from rashomon.core import RNGLike, UsageError, child, root_entropy
from rashomon.sim.estimate.abundance import draw_totals
from rashomon.sim.estimate.calibration import calibrate, deflate
from rashomon.sim.estimate.composition import composition_tables
from rashomon.sim.estimate.depth import FEWEST, batch_depths, depth_quantiles
from rashomon.sim.estimate.design import Design, check_rank, make_design
from rashomon.sim.estimate.dispersion import dispersion_likelihood
from rashomon.sim.estimate.effect import fit_profile
from rashomon.sim.estimate.factor import MAX_FACTORS, count_factors, leading, regress_loadings
from rashomon.sim.estimate.profile import Profile, expected_totals
from rashomon.sim.estimate.residual import make_panel
from rashomon.sim.estimate.trend import MEASURED, Trend, draw_dispersion, fit_trend
from rashomon.sim.estimate.used import Role, Used, choose_cells

__all__ = ["Fitted", "estimate"]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Tables of a world that were estimated from counts; natural logs.

    Parameters
    ----------
    tables
        By name, for p genes, K types, B batches, D donors, q factors:
        ``gene_mean`` (p,), log shares that sum to 1 on the natural scale; ``dispersion`` (p,), at least 0, what the
        factors leave; ``type_profile`` (K, p), ``batch_profile`` (B, p), ``donor_profile`` (D, p), shrunken log
        deviations, donors from the batches they are in; ``batch_type_profile`` (B * K, p), those of types within
        batches, in row ``batch * K + type``, where there are several of both; ``loading`` (q, p) of standard normal
        factors; ``depth_of_batch`` (B,), what batches add to the log depth, where there are several;
        ``depth_quantile`` (K, 200), log molecules without it; ``composition`` (D, K), ``donor_share`` (D,) and
        ``batch_share`` (D, K, B), see `rashomon.sim.estimate.composition`.
    names
        Names under ``gene``, ``type``, ``batch`` and ``donor``; one level, ``population`` or ``all``, where a role was
        not given.
    notes
        What was left out, shrunken and decided, and how well the factors are calibrated, a sentence each.
    n_cells
        Cells that the tables were estimated from.
    """

    tables: Mapping[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    n_cells: int


def estimate(  # noqa: PLR0913 - one parameter for each role that cells can have
    counts: sp.csr_matrix,
    *,
    gene_names: Sequence[str],
    types: np.ndarray | None,
    type_names: Sequence[str] = (),
    batches: np.ndarray | None = None,
    batch_names: Sequence[str] = (),
    donors: np.ndarray | None = None,
    donor_names: Sequence[str] = (),
    null: bool = False,
    n_factors: int | None = None,
    depth_scale: float = 1.0,
    rng: RNGLike = 0,
) -> Fitted:
    """Return the tables of a world whose data resemble `counts`.

    Parameters
    ----------
    counts
        Whole numbers, at least 0, shape ``(n_cells, n_genes)``.
    gene_names
        Names of the columns.
    types, batches, donors
        Codes of cells, below 0 where unassigned, shape ``(n_cells,)``; None: one level. Cells with a role unassigned
        are left out, and counted in the notes.
    type_names, batch_names, donor_names
        Names of the codes.
    null
        One population: types are ignored, and what they explain goes into dispersion and factors, so that the twin has
        the covariance of the data, its depth, batches and donors, and no groups.
    n_factors
        Number of factors; None: as many as eigenvalues of residuals exceed those of permuted residuals, at most 20.
    depth_scale
        Depths are multiplied by it: 2 where `counts` are a half from `rashomon.sim.estimate.split.split_counts`.
    rng
        Draws the scatter of dispersions, the cells on which factors are calibrated, and what is drawn to calibrate.

    Raises
    ------
    UsageError
        When the matrix does not hold counts, is too small, has types of fewer than 5 cells, names or options that do
        not fit, or types that cannot be told from batches or donors (``fit.aliased``).

    Notes
    -----
    Shares are ratios of sums, so depth enters linearly; those of genes of at most 20 molecules are draws from their
    posterior, see `rashomon.sim.estimate.abundance`. Effects are fitted by turns with adaptive shrinkage. The
    dispersion of a gene is a draw from its posterior given a trend on the mean and the scatter about it. Loadings are
    scaled until counts drawn from the tables have the leading residual eigenvalues of the data, and the dispersion is
    reduced by what they explain. Interactions of donor with type are not fitted: they enlarge the dispersion.

    Dense tables of combinations of type, batch and donor by genes are made in blocks of 1,000 genes; factors are
    estimated on at most 2,000 cells, and cost 2,000 x 2,000 products some 50 times.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> counts = sp.csr_matrix(rng.poisson(np.linspace(0.5, 3, 30), (200, 30)).astype(np.float32))
    >>> fitted = estimate(counts, gene_names=[f"g{j}" for j in range(30)], types=None, n_factors=0)
    >>> fitted.tables["type_profile"].shape, fitted.tables["loading"].shape, fitted.names["type"]
    ((1, 30), (0, 30), ('population',))
    """
    matrix = sp.csr_matrix(counts)
    _check_options(matrix, gene_names, n_factors, depth_scale)
    roles = (
        Role("type", None if null else types, type_names, "population"),
        Role("batch", batches, batch_names, "all"),
        Role("donor", donors, donor_names, "all"),
    )
    used = choose_cells(matrix, roles)
    n_levels = (len(used.names["type"]), len(used.names["batch"]), len(used.names["donor"]))
    design = make_design(used.codes, np.asarray(used.counts.sum(axis=1)).ravel(), n_levels=n_levels)
    check_rank(design, used.names)
    root = root_entropy(rng)
    columns = used.counts.tocsc()
    profile, trend = _means(used.counts, columns, design)
    pooled = draw_dispersion(trend, rng=child(root, "dispersion"))
    loading, said = _factors(columns, profile, design, (pooled, np.exp(trend.centre)), n_factors, root)
    types_, batch, donor = profile.effects
    shift = batch_depths(design.depth, used.codes[:, :2], n_levels=n_levels[:2])
    own_depth = design.depth * depth_scale * np.exp(-shift[used.codes[:, 1]])
    mean = _shares(used.counts, profile, design, pooled, rng=child(root, "shares"))
    tables = {
        "gene_mean": mean,
        "dispersion": deflate(pooled, loading),
        "type_profile": types_ - logsumexp(mean + types_, axis=1, keepdims=True),
        "batch_profile": batch,
        "donor_profile": donor,
        "loading": loading,
        "depth_quantile": depth_quantiles(own_depth, used.codes[:, 0], n_types=n_levels[0]),
        **composition_tables(used.codes, n_levels=n_levels),
    }
    if n_levels[1] > 1:
        tables["depth_of_batch"] = shift
    if profile.crossed is not None:
        tables["batch_type_profile"] = profile.crossed
    names = {"gene": tuple(map(str, gene_names)), **used.names}
    notes = (*used.notes, *_facts(used, design, trend), said)
    return Fitted(tables, names, notes, used.counts.shape[0])


def _check_options(counts: sp.csr_matrix, gene_names: Sequence[str], n_factors: int | None, scale: float) -> None:
    if len(gene_names) != counts.shape[1]:
        raise UsageError(
            f"{len(gene_names)} gene names for {counts.shape[1]} columns", where="gene_names", code="fit.codes"
        )
    if n_factors is not None and not 0 <= n_factors <= MAX_FACTORS:
        raise UsageError(f"n_factors is {n_factors}", where="n_factors", expected=f"0 to {MAX_FACTORS}, or None")
    if not 0 < scale < np.inf:
        raise UsageError(f"depth_scale is {scale}", where="depth_scale", expected="a number above 0")


def _means(counts: sp.csr_matrix, columns: sp.csc_matrix, design: Design) -> tuple[Profile, Trend]:
    """Return profile and dispersion: means with errors as under Poisson first, then with the dispersion so found."""
    mean = np.maximum(np.asarray(counts.mean(axis=0)).ravel(), 0.5 / counts.shape[0])
    dispersion = np.zeros(counts.shape[1])
    for _ in range(2):
        profile = fit_profile(counts, design, dispersion=dispersion)
        trend = fit_trend(dispersion_likelihood(columns, profile, design), mean)
        dispersion = trend.mean()
    return profile, trend


def _shares(
    counts: sp.csr_matrix, profile: Profile, design: Design, dispersion: np.ndarray, *, rng: np.random.Generator
) -> np.ndarray:
    """Return log shares with which totals are as in the data, or as drawn for rare genes."""
    total = np.asarray(counts.sum(axis=0), dtype=float).ravel()
    expected, concentration = expected_totals(profile, design)
    moved = profile.gene_mean + np.log(draw_totals(total, dispersion * concentration, rng=rng) / expected)
    return np.asarray(moved - logsumexp(moved))


def _factors(
    counts: sp.csc_matrix,
    profile: Profile,
    design: Design,
    dispersions: tuple[np.ndarray, np.ndarray],
    n_factors: int | None,
    root: int,
) -> tuple[np.ndarray, str]:
    """Return calibrated loadings, and what to say about them."""
    pooled, trended = dispersions
    panel = make_panel(counts, profile, design, trended=trended, rng=child(root, "panel"))
    residual = panel.residuals(counts[panel.cells][:, panel.genes].toarray())
    n_found, edge = count_factors(panel, residual, rng=child(root, "permuted"))
    n = n_found if n_factors is None else min(n_factors, min(residual.shape) - 1)
    if n == 0:
        return np.zeros((0, counts.shape[1])), "no factors"
    target, scores = leading(residual, n)
    raw = regress_loadings(counts, profile, design, panel=panel, scores=scores, dispersion=pooled)
    seed = root_entropy(child(root, "calibration"))
    found = calibrate(panel, raw, pooled, target=target, edge=edge, root=seed)
    pairs = ", ".join(f"{a:.3g}/{b:.3g}" for a, b in zip(target, found.drawn, strict=True))
    chosen = "that exceed permuted ones" if n_factors is None else "as asked for"
    return found.loading, f"{n} factors ({chosen}); residual eigenvalues of the data/of drawn data: {pairs}"


def _facts(used: Used, design: Design, trend: Trend) -> list[str]:
    """Return what was decided about genes, types and donors."""
    mean = np.asarray(used.counts.mean(axis=0)).ravel()
    rare, absent = int((mean < MEASURED).sum()), int((mean == 0).sum())
    size = np.bincount(used.codes[:, 0])
    small = [name for name, n in zip(used.names["type"], size, strict=True) if n < FEWEST]
    notes = [f"dispersions scatter about their trend with a standard deviation of {trend.scatter:.2f} (natural log)"]
    if rare:
        notes.append(f"{rare} genes have a mean below {MEASURED:g}: their dispersion is nearly the trend plus scatter")
    if absent:
        notes.append(
            f"{absent} genes have no molecule in the cells used; their shares are drawn as those of rare genes"
        )
    if small:
        notes.append(f"depth has the pooled shape in types of fewer than {FEWEST} cells: {', '.join(small)}")
    if design.n_levels[2] > 1:
        notes.append(
            f"donor effects are deviations within {int(design.families.max()) + 1} groups of donors that share batches"
        )
    return notes
