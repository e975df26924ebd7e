"""What can be expected before anything is planted: background rates of motifs, carriers per donor, and a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.core import UsageError
from rashomon.score.rate import exact_interval
from rashomon.sim.motif.background import Background
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.motif.motif import Motif

__all__ = ["FEASIBILITY_COLUMNS", "MIN_CLONES", "Repertoires", "feasibility"]

MIN_CLONES = 10
"""Clones of an epitope below which nobody scores it."""

FEASIBILITY_COLUMNS = {
    "epitope": "name of the epitope",
    "arm": "alpha, beta, or pair for both halves together",
    "motif": "name of the motif, or of both halves",
    "hla": "allele that presents the epitope",
    "carriers": "donors that carry the allele",
    "n_background": "background receptors that were searched; of a pair, in the chain with fewer",
    "n_found": "of these, carriers of the motif beside its genes; of a pair, in the chain with fewer",
    "rate": "share of background receptors that carry the motif; of a pair, the product of both",
    "rate_low": "lower end of the exact 95 % interval of the rate; of a pair, the product of both lower ends",
    "rate_high": "upper end",
    "room": "share of the carriers in which it can be planted: which have room, beside the genes of the motif",
    "planted": "expected clones with the planted motif in a donor that carries the allele",
    "decoys": "expected clones of such a donor that carry a planted half and do not bind",
    "accidental": "expected clones of such a donor that carry the motif without it being planted for the epitope",
    "accidental_high": "the same at the upper end of the rate",
    "ratio": "planted / accidental_high: at least so many planted clones for one accidental",
    "verdict": "feasible, drowned, cannot tell, too few, no room, or no carriers",
    "reason": "why",
}
"""Columns of the table, and what they mean."""


@dataclass(frozen=True)
class Repertoires:
    """The donors for whom receptors will be generated.

    Parameters
    ----------
    n_donors
        Number of donors.
    carriers
        Donors that carry each allele, by name.
    clones_per_donor
        Clones of each donor, of the lineage that sees the epitope.
    binder_share
        Share of the clones of a carrier that bind each epitope.

    Raises
    ------
    UsageError
        ``motif.repertoires`` when a number is out of range.
    """

    n_donors: int
    carriers: Mapping[str, int]
    clones_per_donor: int
    binder_share: float

    def __post_init__(self) -> None:
        legal = self.n_donors > 0 and self.clones_per_donor > 0 and 0 < self.binder_share <= 1
        if not legal or not all(0 <= n <= self.n_donors for n in self.carriers.values()):
            raise UsageError(
                f"{self.n_donors} donors with {self.clones_per_donor} clones, {self.binder_share} of them binders, "
                f"carriers {dict(self.carriers)}",
                where="feasibility",
                expected="donors and clones, a share in (0, 1], and at most as many carriers as donors",
                code="motif.repertoires",
            )


@dataclass(frozen=True)
class _Rate:
    """A motif in the background of its chain."""

    name: str
    n: int
    n_found: int
    rate: float
    low: float
    high: float
    room: float


def feasibility(
    epitopes: Sequence[Epitope], backgrounds: Mapping[str, Background], *, repertoires: Repertoires
) -> pd.DataFrame:
    """Return what to expect of every motif, before anything is planted.

    Counts are expectations for one donor that carries the allele. They take clones in which nothing is planted to be
    like the background, whatever genes the epitope prefers, and those with another motif of the epitope to carry none
    by accident, of which there are few.

    Parameters
    ----------
    epitopes
        What is to be planted.
    backgrounds
        Receptors of ``alpha`` and ``beta``, for the chains that have motifs. The interval of a rate of one in a million
        needs millions of them.
    repertoires
        For whom.

    Returns
    -------
    One row per motif, and for pairs one row per half and one for both, with the columns `FEASIBILITY_COLUMNS`.

    Raises
    ------
    UsageError
        ``motif.background`` when the background of a chain is missing.

    Examples
    --------
    >>> epitope = Epitope("E1", "A*02:01", "beta", beta=(Motif("m", "YGW"),))
    >>> background = Background(np.array([b"CASSLGGETQYF", b"CASSYGWETQYF"]), v_keep=4, j_keep=4)
    >>> donors = Repertoires(10, {"A*02:01": 5}, clones_per_donor=1000, binder_share=0.1)
    >>> table = feasibility([epitope], {"beta": background}, repertoires=donors)
    >>> table[["rate", "planted", "accidental", "verdict"]].round(1).values.tolist()
    [[0.5, 30.0, 485.0, 'drowned']]
    """
    rows = [row for each in epitopes for row in _rows(each, backgrounds, repertoires)]
    return pd.DataFrame(rows, columns=list(FEASIBILITY_COLUMNS))


def _rows(
    epitope: Epitope, backgrounds: Mapping[str, Background], repertoires: Repertoires
) -> Iterator[dict[str, object]]:
    rates = {
        arm: [_rate(motif, arm, backgrounds) for motif in motifs]
        for arm, motifs in (("alpha", epitope.alpha), ("beta", epitope.beta))
    }
    clones = float(repertoires.clones_per_donor)
    binders = clones * repertoires.binder_share
    # a pair is planted in binders, and its halves in the others
    hosts = clones if epitope.arm == "pair" else binders
    touched = {
        arm: hosts * _share(epitope, of_arm) * float(np.nansum([each.room for each in of_arm]))
        for arm, of_arm in rates.items()
    }
    for arm, of_arm in rates.items():
        for each in of_arm:
            planted = binders * _share(epitope, of_arm) * each.room
            decoys = (hosts - binders) * planted / binders
            free = clones - touched[arm]
            yield _row(epitope, arm, each, repertoires, planted, decoys, (free * each.rate, free * each.high))
    if epitope.arm == "pair":
        pairs = list(zip(rates["alpha"], rates["beta"], strict=True))
        twice = binders * _share(epitope, rates["alpha"]) * float(np.nansum([a.room * b.room for a, b in pairs]))
        for alpha, beta in pairs:
            yield _pair_row(epitope, alpha, beta, repertoires, clones - sum(touched.values()) + twice)


def _share(epitope: Epitope, of_arm: list[_Rate]) -> float:
    return epitope.motif_share / max(len(of_arm), 1)


def _pair_row(epitope: Epitope, alpha: _Rate, beta: _Rate, repertoires: Repertoires, free: float) -> dict[str, object]:
    """Return the row of both halves together; `free` clones have none in either chain."""
    binders = repertoires.clones_per_donor * repertoires.binder_share
    share = epitope.motif_share / len(epitope.alpha)
    decoys = [(repertoires.clones_per_donor - binders) * share * each.room for each in (alpha, beta)]
    # a decoy, and a binder with no room in the other chain, may have the other half by accident
    halves = [
        n + binders * share * a.room * (1 - b.room)
        for n, a, b in zip(decoys, (alpha, beta), (beta, alpha), strict=True)
    ]
    both = _product(alpha, beta)
    accidental = tuple(
        free * pair + halves[0] * of_beta + halves[1] * of_alpha
        for pair, of_alpha, of_beta in ((both.rate, alpha.rate, beta.rate), (both.high, alpha.high, beta.high))
    )
    planted = binders * share * alpha.room * beta.room
    return _row(epitope, "pair", both, repertoires, planted, sum(decoys), accidental)


def _rate(motif: Motif, arm: str, backgrounds: Mapping[str, Background]) -> _Rate:
    if arm not in backgrounds:
        raise UsageError(
            f"motif {motif.name!r} is in {arm}, of which there is no background",
            where="feasibility",
            expected=f"backgrounds with {arm!r}",
            code="motif.background",
        )
    background = backgrounds[arm]
    n_found = background.found(motif)
    low, high = exact_interval(n_found, background.n)
    rate = n_found / background.n
    return _Rate(motif.name, background.n, n_found, rate, float(low), float(high), background.room(motif))


def _product(a: _Rate, b: _Rate) -> _Rate:
    """Return both halves together: the chains of a receptor are generated independently."""
    n, n_found = min(a.n, b.n), min(a.n_found, b.n_found)
    rates = (a.rate * b.rate, a.low * b.low, a.high * b.high)
    return _Rate(f"{a.name} + {b.name}", n, n_found, *rates, a.room * b.room)


def _row(
    epitope: Epitope,
    arm: str,
    each: _Rate,
    repertoires: Repertoires,
    planted: float,
    decoys: float,
    accidental: tuple[float, ...],
) -> dict[str, object]:
    carriers = repertoires.carriers.get(epitope.hla, 0)
    ratio = planted / accidental[1]
    verdict, reason = _verdict(epitope, each, carriers, repertoires.n_donors, planted, accidental)
    return {
        "epitope": epitope.name, "arm": arm, "motif": each.name, "hla": epitope.hla, "carriers": carriers,
        "n_background": each.n, "n_found": each.n_found, "rate": each.rate, "rate_low": each.low,
        "rate_high": each.high, "room": each.room, "planted": planted, "decoys": decoys,
        "accidental": accidental[0], "accidental_high": accidental[1], "ratio": ratio,
        "verdict": verdict, "reason": reason,
    }  # fmt: skip


def _verdict(
    epitope: Epitope, each: _Rate, carriers: int, n_donors: int, planted: float, accidental: tuple[float, ...]
) -> tuple[str, str]:
    if carriers == 0:
        return "no carriers", f"none of {n_donors} donors carries {epitope.hla}, so that none responds"
    if np.isnan(each.room) or each.room == 0:
        why = "in the background has its genes" if np.isnan(each.room) else "is long enough between its germline ends"
        return "no room", f"no receptor {why}"
    total = carriers * planted
    if total < MIN_CLONES:
        return "too few", f"{total:.1f} planted clones expected in {carriers} donors; {MIN_CLONES} are needed"
    if planted < accidental[0]:
        return "drowned", f"{accidental[0]:.1f} clones of a donor carry it by accident, {planted:.1f} are planted"
    if planted < accidental[1]:
        return "cannot tell", (
            f"{each.n:,} background receptors cannot exclude {accidental[1]:.1f} accidental clones in a donor, "
            f"and {planted:.1f} are planted; generate more"
        )
    one = "; with one donor, epitope and donor cannot be told apart" if carriers == 1 else ""
    return "feasible", (
        f"{planted:.1f} clones of a donor carry it planted, at most {accidental[1]:.1f} by accident{one}"
    )
