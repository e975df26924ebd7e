"""Mechanisms of donors: their HLA alleles, who is ill, and who can respond to what."""

from __future__ import annotations

import numpy as np

from rashomon.sim.hla import carriers, draw_hla
from rashomon.sim.node import Scene
from rashomon.sim.stream import stream_key

__all__ = ["hla", "responder", "status"]


def hla(s: Scene) -> np.ndarray:
    """Return the two alleles of each donor of scene `s` at each locus, as positions in `HLA_ALLELES`."""
    return draw_hla(stream_key(s.root, "hla", s.role), np.arange(s.n("donor")))


def _carriers(s: Scene) -> np.ndarray:
    """Return which donors carry the allele of which epitope, shape ``(n_donors, n_epitopes)``."""
    found = [carriers(s["hla"], epitope.hla) for epitope in s["epitope_signal"]]
    return np.stack(found, axis=1) if found else np.zeros((s.n("donor"), 0), dtype=bool)


def responder(s: Scene) -> np.ndarray:
    """Return which donors of scene `s` respond to which epitope: carriers do, others where restriction is weak."""
    if "label_share" in s.fitted:
        # who has a label in the data responds
        return np.array(np.broadcast_to(s.fitted["label_share"] > 0, (s.n("donor"), s.n("epitope"))))
    toss = s.chances("responder", np.arange(s.n("donor")), n=max(s.n("epitope"), 1))[:, : s.n("epitope")]
    return np.asarray(_carriers(s) | (toss >= s.knobs["hla_restriction"]))


def status(s: Scene) -> np.ndarray:
    """Return which donors of scene `s` are ill: by chance, or because they carry the allele of the last epitope.

    The share of the ill is the same either way: donors are taken in the order of their chance, carriers first in the
    share of donors that ``disease_hla`` decides.
    """
    n = s.n("donor")
    toss = s.chances("status", np.arange(n), n=2)
    decided = toss[:, 1] < s.knobs["disease_hla"]
    bears = _carriers(s)[:, -1] if s.n("epitope") else np.zeros(n, dtype=bool)
    # below 0: first; above 1: last
    rank = toss[:, 0] - np.where(decided & bears, 1.0, 0.0) + np.where(decided & ~bears, 1.0, 0.0)
    n_ill = round(s.knobs["disease_share"] * n)
    ill = np.zeros(n, dtype=np.int64)
    ill[np.argsort(rank, kind="stable")[:n_ill]] = 1
    return ill
