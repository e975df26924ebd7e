"""What any method could reach in the world of simulated data, beside what the clusters reached."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from rashomon.score import SCORES
from rashomon.study import Audit

__all__ = ["ceiling_sentences"]

_MOST = 20
_ASSISTED = "assisted"


def ceiling_sentences(audit: Audit) -> tuple[str, ...]:
    """Return a sentence per truth and score whose limit is known; none for measured data.

    Parameters
    ----------
    audit
        Its table ``ceilings`` is read, see `rashomon.study.ceiling.against_ceilings`.
    """
    table = audit.tables.get("ceilings")
    if table is None:
        return ()
    return tuple(_sentence(row) for row in table.head(_MOST).to_dict("records") if not math.isnan(row["ceiling"]))


def _sentence(row: Mapping[Hashable, Any]) -> str:
    score = SCORES[row["score"]].display if row["score"] in SCORES else row["score"]
    reached = f"these clusters {row['value']:.2f}" if not math.isnan(row["value"]) else "these clusters have no value"
    if not math.isnan(row["best_value"]):
        reached += f", the best run that was scored {row['best_value']:.2f}"
    by = f" ({row['oracle']})" if row["oracle"] else ""
    if math.isnan(row["normalised"]):
        share = f"; no share of it is given: {row['reason']}"
    else:
        share = f"; from chance (0) to there (1), these clusters are at {row['normalised']:.2f}"
    # who knows more than any method can only bounds what methods reach
    at_most = "at most " if str(row["oracle"]).startswith(_ASSISTED) else ""
    limit = f"the best that any method could reach here: {at_most}{row['ceiling']:.2f}{by}"
    return f"{row['truth']}, {score}: {reached}; {limit}{share}."
