"""The record of a perturbation, and the list of its replicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from rashomon.core import Step, UsageError

__all__ = ["Domain", "Need", "Perturbation", "Place", "Planner", "replicates"]

Place = Literal["data", "graph", "seed"]
Need = Literal["counts", "donor", "batch", "copies"]
Domain = Literal["expression", "receptors"]


class Planner(Protocol):
    """Lists the parameters of the replicates of one perturbation."""

    def __call__(
        self, n_replicates: int, *, donors: np.ndarray | None, rng: np.random.Generator
    ) -> list[dict[str, Any]]:
        """Return one set of parameters per replicate."""


@dataclass(frozen=True)
class Perturbation:
    """One way to disturb a run, and where it acts.

    Parameters
    ----------
    name
        The name users see, unique in the registry.
    step
        What is done; ``None`` when nothing is done to the data and only the clusterer's parameters change.
    place
        ``data``: `step` comes before everything else. ``graph``: `step` follows the neighbour graph. ``seed``: the
        parameters of a replicate replace those of the clusterer.
    rung
        Position on the ladder of perturbations; larger is harsher.
    needs
        What the data must have: ``counts`` (integers), ``donor`` or ``batch`` (a column with two or more), ``copies``
        (receptors seen more than once), or nothing.
    plan
        Lists the parameters of the replicates; called through `replicates`.
    summary
        One line for tables.
    repeats
        What its replicates are, in the plural, for sentences.
    interval
        Whether intervals may be drawn from its replicates: only from complementary halves of cells or donors, which
        share nothing. The spread of overlapping samples, or of noise of a chosen size, is no interval.
    domains
        What it can disturb: clusterings of expression, of receptors, or both.
    """

    name: str
    step: Step | None
    place: Place
    rung: int
    needs: Need | None
    plan: Planner
    summary: str
    repeats: str
    interval: bool = False
    domains: tuple[Domain, ...] = ("expression", "receptors")


def replicates(
    perturbation: Perturbation, *, n: int, donors: np.ndarray | None = None, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return the parameters of the replicates of `perturbation`, for its step or, at place ``seed``, for the clusterer.

    Parameters
    ----------
    perturbation
        A record from the registry.
    n
        Number of replicates wanted, 0 or more. Perturbations that come in complementary pairs round up to whole pairs,
        and return fewer when there are fewer distinct ones.
    donors
        Donor codes of all cells, shape ``(n_obs,)``; negative is missing. For perturbations that need donors.
    rng
        Source of the draws that are fixed at planning time (seeds, donor halves); the draws of a step come from the
        step's own stream.

    Raises
    ------
    UsageError
        When `n` is negative, or donors are needed and not given.

    Examples
    --------
    >>> from rashomon.perturb import PERTURBATIONS
    >>> replicates(PERTURBATIONS["halves"], n=2, rng=np.random.default_rng(0))
    [{'pair': 0, 'half': 0}, {'pair': 0, 'half': 1}]
    """
    if n < 0:
        raise UsageError(f"n is {n}", where="replicates", expected="0 or more", fix="ask for 10 replicates")
    if perturbation.needs in {"donor", "batch"} and donors is None:
        raise UsageError(
            f"the perturbation {perturbation.name!r} needs a {perturbation.needs} column",
            where="replicates(donors=)",
            expected=f"{perturbation.needs} codes of all cells",
            fix=f"declare the {perturbation.needs} column, or leave this perturbation out",
        )
    return perturbation.plan(n, donors=donors, rng=rng)
