"""A world's tables from real receptors, with families calibrated until a twin has as many neighbours as the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rashomon.core import RNGLike, child, root_entropy
from rashomon.dataset import Arm
from rashomon.sim.repertoire_estimate.arm import ArmFit, fit_arm, length_shares, length_tilt
from rashomon.sim.repertoire_estimate.clone_size import EDGES, size_quantiles
from rashomon.sim.repertoire_estimate.clonotype import NO_CHAIN, clonotype_tables
from rashomon.sim.repertoire_estimate.family import Links, measure_links, shared_retention
from rashomon.sim.repertoire_estimate.used import UsedReceptors
from rashomon.sim.selection.fit import MAX_LENGTH
from rashomon.sim.world import World

__all__ = ["FittedReceptors", "estimate_receptors"]

_ROUNDS = 5
"""Rounds of calibration after the one without families."""

_BACKGROUND = 10_000
"""Fewest receptors drawn without families."""

_STEADY, _DAMPING = 200.0, 0.8
"""Receptors of a row that are worth as much as all together in a step, and the part of a step that is taken."""


@dataclass(frozen=True, eq=False)
class FittedReceptors:
    """Tables of a world that were estimated from receptors.

    Parameters
    ----------
    tables
        By name, for D donors, K labels and R = K + 1 rows, the last of those without: ``donor_share`` (D,);
        ``label_share`` (D, K), P(label | donor), absent without labels; ``clone_quantile`` (D, 200), log copies between
        the ranks ``clone_edge``. By arm (``vdj``, ``vj``): ``genes`` (R, V, J), P(V, J), ``donor_v``, ``donor_j`` and
        ``donor_length``, log ratios; ``weights``, log-linear selection of length and residues given V and J, ``cap``
        (V, J) where it is cut, ``length`` (R, 26), log ratios; ``family`` (F, 5): V, J and length of the founder,
        parent (-1 none), row; ``member`` (M, 3): row, family, members; ``member_share`` (R,) drawn from families, and
        ``exact`` (R,) of them as their founder. With both arms, how their families go together: see
        `rashomon.sim.repertoire_estimate.clonotype.clonotype_tables`. ``donor_hla`` (D,), where the data tell it.
    names
        Names under ``donor`` and, where the data have them, ``epitope`` and ``hla``.
    given
        Knobs of the world.
    notes
        What was left out and decided, and how alike the twin's receptors are.
    n
        Receptors that the tables were estimated from.
    """

    tables: Mapping[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]]
    given: Mapping[str, Any]
    notes: tuple[str, ...]
    n: int

    def world(self, name: str, summary: str = "") -> World:
        """Return the world called `name` with these tables."""
        return World(
            name, self.given, summary, self.n, self.tables, {k: v for k, v in self.names.items() if len(v) > 1},
            parts=("receptors",),
        )  # fmt: skip


def estimate_receptors(used: UsedReceptors, *, rng: RNGLike = 0) -> FittedReceptors:
    """Return the tables of a world whose receptors resemble those in `used`.

    Parameters
    ----------
    used
        From `rashomon.sim.repertoire_estimate.used.choose_receptors`.
    rng
        Draws what is generated to fit and to calibrate.

    Notes
    -----
    A receptor is in a family of alike ones with a probability that depends on its label; else it is drawn from V and J
    as its label and donor use them, and a selection of length and residues. Families are hubs and their neighbours at
    one substitution in the data; of each, a twin has the V, J and length, its place beside another, and how many
    members each label has, and no sequence. The probabilities are raised or lowered until a twin of the same size has
    the retention at one substitution that the data have, row by row. Alpha and beta of a receptor are in
    families together as often as in the data, and then in two families of one receptor.
    """
    root = root_entropy(rng)
    fits = {arm: fit_arm(used, arm, root=root) for arm in used.loci}
    shared, names = _shared(used)
    shared |= _together(used, fits)
    given = _given(used)
    zero = {arm: np.zeros(used.n_rows) for arm in fits}
    n_lengths = MAX_LENGTH + 1

    def world(share: Mapping[Arm, np.ndarray], drawn: Mapping[Arm, np.ndarray]) -> FittedReceptors:
        tables = dict(shared)
        for arm, fit in fits.items():
            tilt = length_tilt(fit.lengths(share[arm]), drawn[arm], np.bincount(fit.rows, minlength=used.n_rows))
            tables |= fit.tables(member_share=share[arm], tilt=tilt if drawn[arm].any() else np.zeros_like(tilt))
        return FittedReceptors(tables, names, given, (), used.n)

    untold = {arm: np.zeros((used.n_rows, n_lengths)) for arm in fits}
    base = _Drawn.of(world(zero, untold), max(used.n, _BACKGROUND), root_entropy(child(root, "background")))
    lengths = {arm: base.lengths(arm, used.n_rows) for arm in fits}
    background = {arm: base.links(arm, used.n, used.n_rows).retention for arm in fits}
    share = {arm: _excess(fit.target.retention, background[arm]) for arm, fit in fits.items()}
    best = {arm: (np.inf, share[arm]) for arm in fits}
    for number in range(_ROUNDS):
        drawn = _Drawn.of(world(share, lengths), used.n, root_entropy(child(root, "round", str(number))))
        for arm, fit in fits.items():
            links = drawn.links(arm, used.n, used.n_rows)
            best[arm] = min(best[arm], (_misfit(fit, links), share[arm]), key=lambda pair: pair[0])
            share[arm] = _next(share[arm], fit, background[arm], links.retention)
    # judged on a draw that chose nothing
    found = world({arm: chosen for arm, (_, chosen) in best.items()}, lengths)
    drawn = _Drawn.of(found, used.n, root_entropy(child(root, "judged")))
    notes = [note for arm, fit in fits.items() for note in _notes(
        fit, used, background[arm], drawn.links(arm, used.n, used.n_rows))]  # fmt: skip
    pair = _pair_notes(used, fits, drawn) if len(fits) > 1 else []
    return FittedReceptors(found.tables, names, given, (*used.notes, *notes, *pair), used.n)


def _together(used: UsedReceptors, fits: Mapping[Arm, ArmFit]) -> dict[str, np.ndarray]:
    """Return the tables by which both chains of a receptor are in families together; none of one arm."""
    of = {}
    for arm, fit in fits.items():
        of[arm] = np.full(used.n, NO_CHAIN)
        of[arm][used.chains[arm] >= 0] = fit.families.of
    return clonotype_tables(of, used.rows, n_rows=used.n_rows) if len(of) > 1 else {}


def _pair_notes(used: UsedReceptors, fits: Mapping[Arm, ArmFit], drawn: _Drawn) -> list[str]:
    """Return how often alpha and beta have neighbours together, in the data and in a twin."""
    both = np.all([used.chains[arm] >= 0 for arm in fits], axis=0)
    chains = [used.receptors.junction_aa[used.chains[arm][both]] for arm in fits]
    data, twin = shared_retention(*chains), shared_retention(*(drawn.junctions[arm][: used.n] for arm in fits))
    return [f"neighbours of alpha and of beta: {data:.3f} of the receptors in the data, {twin:.3f} in a twin"]


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Receptors drawn from tables: junctions by arm, once per donor, with their rows."""

    junctions: Mapping[str, np.ndarray]
    keys: Mapping[str, np.ndarray]
    rows: np.ndarray

    @classmethod
    def of(cls, fitted: FittedReceptors, n: int, root: int) -> _Drawn:
        scene = fitted.world("calibration").scene(n, root=root).cells(np.arange(n))
        labelled = fitted.tables.get("label_share")
        seen = scene["clone_epitope"]
        rows = np.zeros(n, dtype=np.int64) if labelled is None else np.where(seen >= 0, seen, labelled.shape[1])
        arms = [arm for arm in ("vdj", "vj") if f"{arm}_genes" in fitted.tables]
        keys = {arm: np.rec.fromarrays([scene["clone_donor"], *(scene[arm][c] for c in ("v", "j", "junction"))])
                for arm in arms}  # fmt: skip
        return cls({arm: scene[arm]["junction_aa"] for arm in arms}, keys, rows)

    def links(self, arm: str, n: int, n_rows: int) -> Links:
        """Return how alike the first `n` receptors are, those of a donor that are the same counted once."""
        _, first = np.unique(self.keys[arm][:n], return_index=True)
        return measure_links(self.junctions[arm][first], self.rows[first], n_rows=n_rows)

    def lengths(self, arm: str, n_rows: int) -> np.ndarray:
        """Return the shares of lengths by row."""
        length = np.minimum(np.strings.str_len(self.junctions[arm]).astype(np.int64), MAX_LENGTH)
        return length_shares(length, self.rows, np.ones(length.size), n_rows=n_rows)


def _shared(used: UsedReceptors) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """Return the tables of donors and labels, and the names."""
    n_donors, n_labels = len(used.donor_names), len(used.labels)
    size = np.bincount(used.donors, minlength=n_donors)
    tables: dict[str, np.ndarray] = {
        "clone_quantile": size_quantiles(used.copies, used.donors, n_donors=n_donors),
        "clone_edge": EDGES,
    }
    if n_donors > 1:
        tables["donor_share"] = size / size.sum()
    names = {"donor": used.donor_names}
    if n_labels:
        counts = np.zeros((n_donors, n_labels + 1))
        np.add.at(counts, (used.donors, used.rows), 1)
        tables["label_share"] = counts[:, :n_labels] / size[:, None]
        names["epitope"] = used.labels
    if used.hla.size:
        tables["donor_hla"], names["hla"] = used.hla, used.hla_names
    return tables, names


def _given(used: UsedReceptors) -> dict[str, Any]:
    loci = "+".join(sorted(used.loci.values()))
    given: dict[str, Any] = {"species": used.species, "loci": loci, "selection": "learned"}
    # nothing is known of the lineage: it is not to tell labels apart
    return given | ({"n_epitopes": len(used.labels), "cd4_share": 0.0} if used.labels else {})


def _excess(wanted: np.ndarray, background: np.ndarray) -> np.ndarray:
    wanted, low = np.nan_to_num(wanted), np.nan_to_num(background)
    return np.asarray(np.clip((wanted - low) / np.maximum(1.0 - low, 1e-9), 0.0, 0.95))


def _next(share: np.ndarray, fit: ArmFit, background: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return the share of members with which the retention comes nearer: small rows follow all."""
    size = np.bincount(fit.rows, minlength=fit.n_rows).astype(float)
    wanted, low, now = (np.nan_to_num(values) for values in (fit.target.retention, background, found))
    own = (wanted - now) / np.maximum(1.0 - low, 0.1)
    trust = size / (size + _STEADY)
    step = trust * own + (1.0 - trust) * (size @ own) / size.sum()
    return np.asarray(np.where(size > 0, np.clip(share + _DAMPING * step, 0.0, 0.95), 0.0))


def _misfit(fit: ArmFit, twin: Links) -> float:
    """Return by how many standard errors the retention is off: over all receptors, and row by row."""
    size = np.bincount(fit.rows, minlength=fit.n_rows)
    off = np.nan_to_num(twin.retention - fit.target.retention)
    error = np.maximum(np.nan_to_num(np.hypot(fit.target.error, twin.error), nan=1.0), 0.01)
    share = size / size.sum()
    return float(abs(share @ off) / np.sqrt(share**2 @ error**2) + share @ np.abs(off / error))


def _notes(fit: ArmFit, used: UsedReceptors, background: np.ndarray, twin: Links) -> list[str]:
    locus = used.loci[fit.arm]
    weight = np.bincount(fit.rows, minlength=used.n_rows) / fit.rows.size
    data, low, now = (float(weight @ np.nan_to_num(x)) for x in (fit.target.retention, background, twin.retention))
    inside = np.abs(twin.retention - fit.target.retention) <= 1.96 * np.hypot(fit.target.error, twin.error)
    known = np.isfinite(fit.target.retention) & np.isfinite(twin.retention)
    retained = f"retention at one substitution {data:.3f} in the data, {now:.3f} in a twin, {low:.3f} without families"
    rows = f"within the error in {int((inside & known).sum())} of {int(known.sum())} labels (or without)"
    within = f"links within a label {fit.target.within:.3f}/{twin.within:.3f}"
    largest = f"largest component {fit.target.largest:.3f}/{twin.largest:.3f} (data/twin)"
    families = f"{fit.families.hub.size:,} families in the data"
    said = [*fit.genes.notes, fit.law.note, families, f"{retained}; {rows}", f"{within}, {largest}"]
    return [f"{locus}: {note}" for note in said]
