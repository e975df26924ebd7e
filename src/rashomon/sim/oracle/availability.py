"""Availability: whether a world has an oracle for a truth, and what kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rashomon.core import UsageError, did_you_mean

__all__ = ["Availability", "OracleKind"]

OracleKind = Literal["oracle", "assisted oracle", "none"]
"""Exact posterior given the counts; given more than the counts, an upper bound only; no posterior."""


@dataclass(frozen=True)
class Availability:
    """What kind of oracle there is.

    Parameters
    ----------
    kind
        ``"oracle"``: the posterior given what a method sees, in closed form. ``"assisted oracle"``: the posterior given
        nuisances that no method sees as well; its ceiling is an upper bound only. ``"none"``.
    given
        The nuisances that an assisted oracle knows.
    reason
        Why there is no oracle, or no unassisted one.

    Raises
    ------
    UsageError
        When the kind is unknown, an assisted oracle names no nuisance, another one does, or none comes without reason.

    Examples
    --------
    >>> print(Availability("oracle"))
    oracle
    >>> print(Availability("assisted oracle", given=("doublet state",)))
    assisted oracle (given doublet state; an upper bound only)
    >>> print(Availability("none", reason="genes are coupled by a copula"))
    none, because genes are coupled by a copula
    """

    kind: OracleKind
    given: tuple[str, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        kinds = get_args(OracleKind)
        if self.kind not in kinds:
            raise UsageError(f"unknown kind {self.kind!r}", where="Availability", fix=did_you_mean(self.kind, kinds))
        if (self.kind == "assisted oracle") != bool(self.given):
            raise UsageError(
                f"{self.kind} with {len(self.given)} nuisances given",
                where="Availability",
                expected="an assisted oracle names what it is given, no other does",
            )
        if self.kind == "none" and not self.reason:
            raise UsageError("no oracle and no reason", where="Availability", expected="reason=")

    @property
    def exists(self) -> bool:
        """Whether there is a posterior at all."""
        return self.kind != "none"

    @property
    def is_bound_only(self) -> bool:
        """Whether its ceiling may be out of reach of every method because it knows more than they do."""
        return self.kind == "assisted oracle"

    def __str__(self) -> str:
        if self.kind == "none":
            return f"none, because {self.reason}"
        if self.kind == "assisted oracle":
            because = f"; {self.reason}" if self.reason else ""
            return f"assisted oracle (given {', '.join(self.given)}; an upper bound only{because})"
        return "oracle"
