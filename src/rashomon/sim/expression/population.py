"""Mechanisms of the population: who the donors are, what they are made of, and which batch their cells go to."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv, gammaln

from rashomon.sim.node import Scene

__all__ = ["batch_share", "composition", "depth_of_batch", "depth_of_type", "donor_share", "proportions"]


def proportions(s: Scene) -> np.ndarray:
    """Return the share of each type over all donors of scene `s`, shape ``(n_types,)``."""
    n = s.n("type")
    given = s.knobs["proportions"]
    if given:
        shares = np.asarray(given, dtype=float)
    else:
        shares = np.asarray(s.knobs["imbalance"], dtype=float) ** (-np.arange(n) / max(n - 1, 1))
    shares = shares / shares.sum()
    rare = s.knobs["rare_share"]
    if rare and n > 1:
        shares = np.append(shares[:-1] / shares[:-1].sum() * (1 - rare), rare)
    return np.asarray(shares)


def composition(s: Scene) -> np.ndarray:
    """Return the share of each type in each donor of scene `s`, shape ``(n_donors, n_types)``: Dirichlet."""
    # of a twin of one donor, donors planted later share its composition
    shares = np.array(np.broadcast_to(s.fitted.get("composition", proportions(s)), (s.n("donor"), s.n("type"))))
    variation = s.knobs["composition_variation"]
    if variation == 0.0:
        return shares
    # variance = variation * share * (1 - share); at 1 a donor is of one type
    shapes = shares * (1.0 / variation - 1.0 if variation < 1.0 else 1e-9)
    chances = s.chances("composition", np.arange(s.n("donor")), n=s.n("type"))
    log = _log_gamma_quantile(shapes, chances)
    weights = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _log_gamma_quantile(shape: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return the log of the gamma quantile, also where it underflows: there P(x) = x^a / Gamma(a + 1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = np.log(gammaincinv(shape, chance))
        small = (np.log(chance) + gammaln(shape + 1.0)) / shape
    return np.where(shape == 0.0, -np.inf, np.where(small < -200.0, small, direct))


def donor_share(s: Scene) -> np.ndarray:
    """Return the share of each donor among the cells of scene `s`, shape ``(n_donors,)``."""
    n = s.n("donor")
    return np.asarray(s.fitted.get("donor_share", np.full(n, 1.0 / n)))


def batch_share(s: Scene) -> np.ndarray:
    """Return P(batch | donor, type) in scene `s`, shape ``(n_donors, n_types, n_batches)``."""
    n_donors, n_types, n_batches = s.n("donor"), s.n("type"), s.n("batch")
    if "batch_share" in s.fitted:
        # of a twin of one population, types planted later share its batches
        return np.broadcast_to(s.fitted["batch_share"], (n_donors, n_types, n_batches))
    if s.knobs["batch_plan"] == "nested":
        own = np.arange(n_donors) % n_batches
        return np.asarray(np.eye(n_batches)[own][:, None, :].repeat(n_types, axis=1))
    linked = np.eye(n_batches)[np.arange(n_types) % n_batches]
    tied = s.knobs["batch_association"]
    shares = np.tile((1 - tied) / n_batches + tied * linked, (n_donors, 1, 1))
    if "status" not in s.values:
        return shares
    of_status, by_status = s.knobs["disease_batch"], np.eye(n_batches)[s["status"] % n_batches]
    return np.asarray((1 - of_status) * shares + of_status * by_status[:, None, :])


def depth_of_type(s: Scene) -> np.ndarray:
    """Return what each type adds to the log depth in scene `s`, shape ``(n_types,)``; 0 on average over cells."""
    shift = s.knobs["depth_by_type"] * s.gaussians("depth_of_type", np.arange(s.n("type")))[:, 0]
    return np.asarray(shift - s["donor_share"] @ s["composition"] @ shift)


def depth_of_batch(s: Scene) -> np.ndarray:
    """Return what each batch adds to the log depth in scene `s`, shape ``(n_batches,)``; 0 on average over batches."""
    shift = s.knobs["depth_by_batch"] * s.gaussians("depth_of_batch", np.arange(s.n("batch")))[:, 0]
    return np.asarray(shift - shift.mean() + s.knobs["batch_strength"] * s.fitted.get("depth_of_batch", 0.0))
