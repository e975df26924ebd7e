"""How far apart receptors may be to be called alike: likelihood ratios and probabilities for each cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from rashomon.ask.cutoff.close_pair import ClosePairs
from rashomon.core import UsageError

__all__ = ["AGAINST", "CALIBRATION_COLUMNS", "Against", "Background", "Calibration"]

Against = Literal["matched", "blood", "different"]
AGAINST = get_args(Against)
"""What close pairs are compared with: receptors shuffled within V, J and length; unselected blood; pairs of receptors
of the same data that share no label."""

CALIBRATION_COLUMNS = {
    "cutoff": "largest distance of a link",
    "n_pairs": "labelled pairs of different studies within it",
    "n_same": "those that share a label",
    "same_rate": "share of all same-label pairs that are within it",
    "macro_rate": "mean over labels of the share of the pairs of a label that are within it",
    "background_rate": "share of all pairs of the background that are within it",
    "different_rate": "share of the pairs of the same receptors without a common label that are within it",
    "matched_rate": "the same of receptors shuffled within V, J and length; NaN: not given",
    "blood_rate": "the same of unselected receptors of different donors; NaN: not given",
    "lr": "likelihood ratio within the cutoff, smoothed to fall with distance",
    "lr_low": "lower end of its 95 % interval; NaN below six studies",
    "lr_high": "upper end",
    "p_same": "probability that a link joins receptors with a common label, at the prevalence",
    "p_low": "lower end of its 95 % interval; NaN below six studies",
    "p_high": "upper end",
    "lr_at": "likelihood ratio of the distances that this cutoff adds to the one before",
    "p_at": "probability at these distances",
    "studies": "studies with a pair that shares a label",
    "largest_study": "largest share of the same-label pairs that have an end in one study",
    "largest_label": "largest share of the same-label pairs that carry one label",
}
"""Columns of the table of a calibration, and what they mean."""


@dataclass(frozen=True, eq=False)
class Background:
    """Close pairs of receptors that no label selected.

    Parameters
    ----------
    draws
        Close pairs of each draw: several shuffles of the labelled receptors, or one pool.
    donor
        For a pool: the donor of each of its receptors, shape ``(n_pool,)``; pairs of one donor are not counted. None:
        the draws hold the labelled receptors, in their order and studies.
    """

    draws: tuple[ClosePairs, ...]
    donor: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Calibration:
    """What each cutoff is worth.

    Parameters
    ----------
    table
        One row per cutoff, with `CALIBRATION_COLUMNS`.
    held_out
        Predictions for studies left out of the fit, beside what was observed; see `HELD_OUT_COLUMNS`.
    against
        The background of the ratio.
    prevalence
        Share of all pairs, close or not, that are taken to share a label.
    n_receptors, n_labels, n_studies
        What it was learned from.
    what
        The distance, in words.
    notes
        What was left out, and what to beware of.
    """

    table: pd.DataFrame
    held_out: pd.DataFrame
    against: Against
    prevalence: float
    n_receptors: int
    n_labels: int
    n_studies: int
    what: str = "distance"
    notes: tuple[str, ...] = ()

    def recommend(self, p: float = 0.5) -> float | None:
        """Return the largest cutoff whose links share a label with probability `p` or more, at the lower end.

        Parameters
        ----------
        p
            Probability, in (0, 1).

        Returns
        -------
        The cutoff; None when no cutoff is that safe, or there are no intervals.

        Raises
        ------
        UsageError
            When `p` is no probability.
        """
        if not 0 < p < 1:
            raise UsageError(f"p is {p}", where="recommend", expected="a number in (0, 1)", fix="use p=0.5")
        safe = self.table.loc[self.table["p_low"] >= p, "cutoff"]
        return float(safe.max()) if len(safe) else None

    @property
    def text(self) -> str:
        """What was found, in plain sentences."""
        lines = [
            f"Learned from {self.n_receptors:,} receptors with {self.n_labels} labels, from {self.n_studies} studies.",
            "Only pairs of receptors of different studies count.",
            *(self._row(row) for _, row in self.table.iterrows()),
            f"P holds where {_percent(self.prevalence)} of all pairs share a label; in data with fewer it is lower.",
        ]
        best = self.recommend()
        lines.append(
            "At no cutoff is it certain that half of the links join receptors with a common label."
            if best is None
            else f"Up to {best:g} at least half of the links join receptors with a common label."
        )
        return "\n".join([*lines, *(f"Note: {note}." for note in self.notes)])

    def _row(self, row: pd.Series[Any]) -> str:
        known = np.isfinite(row["lr_low"])
        ratio = f" ({_short(row['lr_low'])} to {_short(row['lr_high'])})" if known else ""
        chance = f" ({_percent(row['p_low'])} to {_percent(row['p_high'])})" if known else ""
        return (
            f"{self.what} up to {row['cutoff']:g}: {int(row['n_same']):,} of {int(row['n_pairs']):,} links share a "
            f"label; {_short(row['lr'])}{ratio} times as likely with a common label as in the background "
            f"({self.against}); P = {_percent(row['p_same'])}{chance}."
        )

    def __str__(self) -> str:
        return self.text


def _short(ratio: float) -> str:
    return "any number of" if np.isinf(ratio) else f"{ratio:,.3g}" if ratio < 1000 else f"{ratio:,.0f}"


def _percent(p: float) -> str:
    return f"{p:.0%}" if p >= 0.1 else f"{100 * p:.2g}%"
