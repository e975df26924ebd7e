"""What a verification found: one line per check, and an exit code."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from rashomon.core import StoreError

__all__ = ["Check", "CheckStatus", "Verification"]

CheckStatus = Literal["ok", "failed", "not done"]

_SHOWN = 20
"""Problems of one check that are printed; all are in `Verification.as_dict`."""


@dataclass(frozen=True)
class Check:
    """One check.

    Parameters
    ----------
    name
        What was looked at: ``files``, ``statement``, ``signature``, ``records``, ``tables``, ``runs``.
    status
        ``ok``; ``failed``; ``not done``, which is no failure, and says why.
    said
        What was found, in a sentence.
    problems
        What failed, one line each.
    remarks
        What is worth knowing and no failure.
    """

    name: str
    status: CheckStatus
    said: str
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """All checks of a study.

    Parameters
    ----------
    checks
        In the order in which they were made.

    Examples
    --------
    >>> found = Verification((Check("files", "failed", "1 of 9 files changed", ("a.csv was changed",)),))
    >>> found.exit_code, found.lines()
    (5, ['failed    files: 1 of 9 files changed', '            a.csv was changed', 'the study is not as it was sealed'])
    """

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return all(check.status != "failed" for check in self.checks)

    @property
    def exit_code(self) -> int:
        """0, or that of a damaged store."""
        return 0 if self.ok else StoreError.exit_code

    def lines(self) -> list[str]:
        """Return the checks as lines to print, and what they come to."""
        found: list[str] = []
        for check in self.checks:
            found.append(f"{check.status:<9} {check.name}: {check.said}")
            more = len(check.problems) - _SHOWN
            found += [f"{'':<12}{problem}" for problem in check.problems[:_SHOWN]]
            found += [f"{'':<12}and {more} more"] if more > 0 else []
            found += [f"{'':<12}note: {remark}" for remark in check.remarks[:_SHOWN]]
        return [
            *found,
            "everything that was checked is as it was sealed" if self.ok else "the study is not as it was sealed",
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return everything in JSON types."""
        checks = [{**asdict(c), "problems": list(c.problems), "remarks": list(c.remarks)} for c in self.checks]
        return {"ok": self.ok, "exit_code": self.exit_code, "checks": checks}
