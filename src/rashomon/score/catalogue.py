"""Every score, once."""

from __future__ import annotations

from rashomon.core import Registry
from rashomon.score.agreement_record import AGREEMENT
from rashomon.score.record import Score
from rashomon.score.validity_record import VALIDITY

__all__ = ["SCORES"]

SCORES: Registry[Score] = Registry("score", [*AGREEMENT, *VALIDITY])
"""All scores by name."""
