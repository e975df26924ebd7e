"""The trip-wires on the page: those that fired stand near the top, all of them in a table."""

from __future__ import annotations

from dataclasses import dataclass

from rashomon.ask import TRIPWIRES
from rashomon.report.escape import pathless
from rashomon.report.table import ShownTable, show_table
from rashomon.study import Audit

__all__ = ["Fired", "TripWires", "trip_wires"]

_SHOWN = ("tripwire", "status", "said", "guards", "thresholds", "basis", "sensitivity", "false_alarm", "measured_on")


@dataclass(frozen=True)
class Fired:
    """A trip-wire that fired.

    Parameters
    ----------
    title
        Its name, in words.
    said, concerned
        What it saw, and in what; cells are counted and never named.
    guards, next_step
        What goes wrong if nobody looks, and what to do.
    """

    title: str
    said: str
    concerned: str
    guards: str
    next_step: str


@dataclass(frozen=True)
class TripWires:
    """What the page says of the trip-wires.

    Parameters
    ----------
    fired
        Those that fired.
    n_quiet, n_open
        How many were quiet, and how many could not be computed.
    table
        All of them with thresholds and rates.
    """

    fired: tuple[Fired, ...]
    n_quiet: int
    n_open: int
    table: ShownTable


def trip_wires(audit: Audit) -> TripWires | None:
    """Return what the trip-wires saw; None where none were looked at."""
    found = audit.tables["tripwires"]
    if not len(found):
        return None
    rows = found[found["status"] == "fired"].to_dict("records")
    fired = tuple(
        Fired(
            str(row["tripwire"]).replace("_", " "),
            pathless(row["said"]),
            "" if TRIPWIRES[row["tripwire"]].concerns == "cells" else pathless(row["concerned"]),
            str(row["guards"]),
            str(row["next_step"]),
        )
        for row in rows
    )
    counts = found["status"].value_counts()
    caption = "Every trip-wire; the rates are those of simulated data with a clear failure, and without one"
    shown = show_table(found[list(_SHOWN)], name="tripwires", caption=caption)
    return TripWires(fired, int(counts.get("quiet", 0)), int(counts.get("not computable", 0)), shown)
