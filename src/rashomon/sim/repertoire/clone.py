"""Mechanisms of clones: whose they are, what they see, how large they grow."""

from __future__ import annotations

import numpy as np

from rashomon.sim.motif.entangle import conditional, entangle
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.name import LINEAGES

__all__ = [
    "clone",
    "clone_copies",
    "clone_donor",
    "clone_epitope",
    "clone_invariant",
    "clone_label",
    "clone_lineage",
    "clone_public",
    "clone_second_epitope",
    "clone_size",
    "clones",
    "epitope_share",
]


def clones(s: Scene) -> np.ndarray:
    """Return the numbers of the clones of scene `s`: as many as it has cells where each is a clone of its own."""
    return np.arange(s.knobs["n_clones"] or s.n_obs)


def _draw(shares: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return a class for each row of `shares`, which sum to 1."""
    edges = np.cumsum(shares, axis=1)[:, :-1]
    return np.asarray((chance[:, None] >= edges).sum(axis=1))


def clone_donor(s: Scene) -> np.ndarray:
    """Return the donor of each clone of scene `s`: the first clones one each, so that no donor is without."""
    units = clones(s)
    drawn = np.searchsorted(np.cumsum(s["donor_share"])[:-1], s.chances("clone_donor", units)[:, 0], side="right")
    return np.where(units < s.n("donor"), units, drawn)


def epitope_share(s: Scene) -> np.ndarray:
    """Return the share of each epitope among what the clones of a donor meet, shape ``(n_donors, n_epitopes)``.

    The last epitope is left out where it is that of a disease: healthy donors do not meet it.
    """
    if "label_share" in s.fitted:
        labelled = s.fitted["label_share"]
        return np.asarray(_of_donors(s, labelled / np.maximum(labelled.sum(axis=1, keepdims=True), 1e-300)))
    n = s.n("epitope") - (s.knobs["disease_share"] > 0)
    shares = np.zeros((s.n("donor"), s.n("epitope")))
    if n > 0:
        met = float(s.knobs["epitope_imbalance"]) ** (-np.arange(n) / max(n - 1, 1))
        joint = entangle(
            s.knobs["entanglement"], s["donor_share"], met / met.sum(), affinity=s["responder"][:, :n] * 1.0
        )
        shares[:, :n] = conditional(joint)
    return shares


def clone_epitope(s: Scene) -> np.ndarray:
    """Return the epitope that each clone of scene `s` sees; -1: none."""
    units, owner = clones(s), s["clone_donor"]
    if not s.n("epitope"):
        return np.full(units.size, -1)
    toss = s.chances("clone_epitope", units, n=3)
    met = _draw(s["epitope_share"][owner], toss[:, 1])
    fitted = s.fitted.get("label_share")
    share = s.knobs["binder_share"] if fitted is None else _of_donors(s, fitted).sum(axis=1)[owner]
    sees = (toss[:, 0] < share) & (s["epitope_share"][owner, met] > 0) & s["responder"][owner, met]
    found = np.where(sees, met, -1)
    last = s.n("epitope") - 1
    ill = (s["status"][owner] == 1) & s["responder"][owner, last] & (toss[:, 2] < s.knobs["witness_rate"])
    return np.asarray(np.where(ill, last, found))


def clone_second_epitope(s: Scene) -> np.ndarray:
    """Return the second epitope that each clone of scene `s` sees, of those that its donor responds to; -1: none."""
    seen, units = s["clone_epitope"], clones(s)
    if s.n("epitope") < 2 or not s.knobs["cross_reactive"]:
        return np.full(units.size, -1)
    toss = s.chances("clone_second_epitope", units, n=2)
    # another one: the chance runs over all but the first
    step = 1 + np.floor(toss[:, 1] * (s.n("epitope") - 1)).astype(np.int64)
    second = (np.maximum(seen, 0) + step) % s.n("epitope")
    sees = (
        (seen >= 0) & (toss[:, 0] < s.knobs["cross_reactive"]) & s["responder"][s["clone_donor"], second].astype(bool)
    )
    return np.where(sees, second, -1)


def clone_lineage(s: Scene) -> np.ndarray:
    """Return the lineage of each clone of scene `s`: that of its epitope's class, else by chance; invariant: CD8."""
    units = clones(s)
    free = (s.chances("clone_lineage", units)[:, 0] >= s.knobs["cd4_share"]).astype(np.int64)
    of_epitope = np.array([LINEAGES.index(each.lineage) for each in s["epitope_signal"]] + [0])
    # MAIT cells are mostly CD8 or double negative, iNKT cells mostly CD4 or double negative
    of_kind = np.array([0, LINEAGES.index("CD8"), LINEAGES.index("CD4")])[s["clone_invariant"]]
    lineage = np.where(s["clone_epitope"] >= 0, of_epitope[s["clone_epitope"]], free)
    return np.asarray(np.where(s["clone_invariant"] > 0, of_kind, lineage))


def clone_invariant(s: Scene) -> np.ndarray:
    """Return which clones of scene `s` are MAIT (1) or iNKT (2) cells; never those that see a peptide."""
    toss = s.chances("clone_invariant", clones(s))[:, 0]
    share = s.knobs["invariant_share"]
    kind = np.where(toss < share * (1.0 - s.knobs["inkt_share"]), 1, np.where(toss < share, 2, 0))
    return np.where(s["clone_epitope"] >= 0, 0, kind)


def clone_public(s: Scene) -> np.ndarray:
    """Return the number in the list of planted public receptors of each clone of scene `s`; -1: its own receptor."""
    toss = s.chances("clone_public", clones(s), n=2)
    listed = np.floor(toss[:, 1] * s.knobs["n_public"]).astype(np.int64)
    planted = (toss[:, 0] < s.knobs["public_share"]) & (s["clone_epitope"] < 0) & (s["clone_invariant"] == 0)
    return np.where(planted, listed, -1)


def clone_size(s: Scene) -> np.ndarray:
    """Return the share of each clone among all cells of scene `s`; donors have theirs."""
    units = clones(s)
    if "clone_quantile" in s.fitted:
        log = np.log(clone_copies(s))
    else:
        # a Pareto law, as of clones in blood
        log = -s.knobs["clone_exponent"] * np.log(s.chances("clone_size", units)[:, 0])
    weight = np.exp(log + s.knobs["expansion"] * (s["clone_epitope"] >= 0))
    total = np.bincount(s["clone_donor"], weights=weight, minlength=s.n("donor"))
    return np.asarray(weight / total[s["clone_donor"]] * s["donor_share"][s["clone_donor"]])


def clone_copies(s: Scene) -> np.ndarray:
    """Return the copies of each clone of a twin `s`, by the sizes that clones of its donor have in the data.

    Whole numbers, at least 1, as ``float64``.
    """
    table = _of_donors(s, s.fitted["clone_quantile"])[s["clone_donor"]]
    toss = s.chances("clone_size", clones(s), n=2)
    place = np.searchsorted(s.fitted["clone_edge"], toss[:, 0], side="right") - 1
    # a mean of several clones is no whole number, and stays their mean
    return np.asarray(np.maximum(np.floor(np.exp(table[np.arange(place.size), place]) + toss[:, 1]), 1.0))


def _of_donors(s: Scene, table: np.ndarray) -> np.ndarray:
    """Return a row per donor: where the data have one donor, all that are planted are like it."""
    return np.broadcast_to(table, (s.n("donor"), *table.shape[1:])) if len(table) == 1 else table


def clone_label(s: Scene) -> np.ndarray:
    """Return the epitope that each clone of scene `s` is labelled with; -1: not labelled, which is not "sees none".

    False labels are a share of all labels; as clustered as the knob says, they come from the first donor, and name the
    epitope that was looked for there.
    """
    seen, units = s["clone_epitope"], clones(s)
    toss = s.chances("clone_label", units, n=3)
    label = np.where((seen >= 0) & (toss[:, 0] >= s.knobs["unlabelled"]), seen, -1)
    share, clustered, n_free = s.knobs["false_label"], s.knobs["false_label_clustering"], int((seen < 0).sum())
    if not share or not n_free:
        return label
    wanted = (label >= 0).sum() * share / (1.0 - share) if share < 1.0 else n_free
    first = s["clone_donor"] == 0
    # the same number of false labels, however they are spread
    n_first = max(int((first & (seen < 0)).sum()), 1)
    looked_for = wanted * clustered * first / n_first
    rate = looked_for + wanted * (1.0 - clustered) / n_free
    anything = np.minimum((toss[:, 2] * s.n("epitope")).astype(np.int64), s.n("epitope") - 1)
    named = np.where(toss[:, 1] < looked_for, 0, anything)
    return np.where((seen < 0) & (toss[:, 1] < rate), named, label)


def clone(s: Scene) -> np.ndarray:
    """Return the clone of each cell of scene `s`."""
    if not s.knobs["n_clones"] and not s.role:
        return np.array(s.units)
    edges = np.cumsum(s["clone_size"])
    return np.searchsorted(edges[:-1] / edges[-1], s.chances("clone")[:, 0], side="right")
