"""Whether a score ranks pipelines as their agreement with the truth does, at every level of every knob.

Agreement here is AMI with the oracle's labels, or with the truth itself where there is no oracle. AMI as a score
therefore holds by construction, or nearly so where oracle and truth differ; one that defines agreement otherwise is
called broken where the two definitions disagree, which need not be an error of that score.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from rashomon.ask.which_score.track import NEAR, rank_correlation
from rashomon.study.benchmark.grid import Column, Grid
from rashomon.study.benchmark.interval import FEWEST, Mean, correlation_over_seeds, mean_over, mean_over_seeds
from rashomon.study.benchmark.level import Level

__all__ = ["BREAKS", "FAITHFUL", "RANKING_COLUMNS", "WORTH_OF_RECEPTORS", "Word", "ranking_table"]

Word = Literal[
    "holds", "ranks otherwise", "at its negative control", "no value", "nothing attainable", "nothing to rank",
    "cannot tell", "describes",
]  # fmt: skip

BREAKS: tuple[Word, ...] = ("ranks otherwise", "at its negative control", "no value")
"""Words that say that a score is broken, judged by AMI; what nobody could attain is no fault of a score."""

FAITHFUL = 0.5
"""Rank correlation with the agreement (AMI), averaged over data sets, below which a score ranks pipelines otherwise."""

WORTH_OF_RECEPTORS = 0.01
"""Range of agreement from which on pipelines on receptors can be ranked; of cells it is 0.05. Most receptors are alone,
whatever the pipeline, and count as clusters of their own: all agreement is small."""

RANKING_COLUMNS = {
    "knob": "the knob that is turned",
    "level": "to what",
    "steps": "levels from the fixed point; 0 is the fixed point",
    "score": "name of the score",
    "truth": "what it compares with; empty for scores of labels alone",
    "view": "own, reference, or empty",
    "judged_by": "the truth by which pipelines are ranked",
    "n_seeds": "data sets with a value for half of the pipelines or more",
    "rank_correlation": "Spearman's, over pipelines, between the score (better is higher) and the agreement: AMI with "
    "the oracle's labels, or with the truth where there is no oracle; mean over data sets",
    "rank_low": "lower end of its 95 % interval over data sets (Student's, on Fisher's scale)",
    "rank_high": "upper end",
    "loss": "agreement of the best pipeline less that of the one the score picks; mean over data sets",
    "loss_low": "lower end of the 95 % interval over data sets",
    "loss_high": "upper end",
    "agreement_range": "best less worst agreement among the pipelines; mean over data sets",
    "gain": "score of the pipelines less that of random labels with their sizes, better being higher; mean",
    "gain_low": "lower end of the 95 % interval over data sets",
    "gain_high": "upper end",
    "attainable_gain": "the same of the most probable classes given the data; NaN without an oracle",
    "ceiling": "AMI of the oracle's labels with the truth, 0 at random; mean over data sets, NaN without an oracle",
    "ceiling_low": "lower end of the 95 % interval over data sets",
    "ceiling_high": "upper end",
    "word": "holds, ranks otherwise, at its negative control, no value, nothing attainable, nothing to rank, "
    "cannot tell, describes",
    "reason": "what decided",
}
"""Columns of the table `ranking` and what they mean."""


class _Per(NamedTuple):
    """Of each data set and column, shape ``(n_points, n_seeds, n_columns)``."""

    correlation: np.ndarray
    loss: np.ndarray
    spread: np.ndarray
    gain: np.ndarray
    attainable: np.ndarray
    valued: np.ndarray
    ceiling: np.ndarray


def ranking_table(grid: Grid, levels: list[Level]) -> pd.DataFrame:
    """Return one row per level and score: whether it still ranks pipelines as AMI with the oracle's labels does.

    Where there is no oracle, the reference is AMI with the truth itself. AMI holds by construction, or nearly so where
    oracle and truth differ; scores that define agreement otherwise break where they disagree with it.

    The words, in the order in which they are asked, with 95 % intervals of means over data sets:

    - ``nothing attainable``: AMI of the oracle's labels with the truth is not above that of random labels, which is 0,
      and below 0.05; asked by AMI, which cluster sizes do not move, so that all scores of a level hear the same;
    - ``no value``: for half of the runs or more;
    - ``at its negative control``: the pipelines' mean is not above that of random labels with their sizes;
    - ``nothing to rank``: pipelines differ by less than 0.05 of agreement, of receptors 0.01;
    - ``ranks otherwise``: the mean rank correlation is below `FAITHFUL`, with its whole interval;
    - ``holds``: above it, with its whole interval;
    - else ``cannot tell``.

    The interval of the rank correlation is that of `rashomon.study.benchmark.interval.correlation_over_seeds`.

    Parameters
    ----------
    grid
        Values with controls.
    levels
        From `rashomon.study.benchmark.level.levels_of`.

    Returns
    -------
    See `RANKING_COLUMNS`.
    """
    per = _measure(grid)
    rows = [
        {"knob": level.knob, "level": level.name, "steps": level.steps, **row}
        for level in levels
        for row in _rows(grid, per, level)
    ]
    return pd.DataFrame(rows, columns=list(RANKING_COLUMNS))


def _measure(grid: Grid) -> _Per:
    shape = (*grid.value.shape[:2], len(grid.columns))
    found = {name: np.full(shape, np.nan) for name in ("correlation", "loss", "spread")}
    oriented = grid.direction * grid.value
    for point, seed, j in np.ndindex(shape):
        if grid.columns[j].direction:
            values, tracked = oriented[point, seed, :, j], grid.tracked[point, seed, :, j]
            known = np.isfinite(tracked)
            if known.any():
                found["spread"][point, seed, j] = float(np.ptp(tracked[known]))
            found["correlation"][point, seed, j] = rank_correlation(values, tracked)
            both = known & np.isfinite(values)
            if both.any():
                # a pick among equals is what they are worth on average
                picked = tracked[both][values[both] >= values[both].max() - _EQUAL].mean()
                found["loss"][point, seed, j] = float(tracked[known].max() - picked)
    return _Per(
        found["correlation"],
        found["loss"],
        found["spread"],
        mean_over(grid.gain(grid.value), axis=2),
        mean_over(grid.gain(grid.attainable), axis=2),
        np.isfinite(grid.value).mean(axis=2),
        grid.ceiling,
    )


_EQUAL = 1e-12


def _rows(grid: Grid, per: _Per, level: Level) -> list[dict[str, Any]]:
    # settings with one level are averaged first, so that a data set counts once
    each = {name: mean_over(values[list(level.points)]) for name, values in per._asdict().items()}
    means = {name: mean_over_seeds(values) for name, values in each.items()}
    means["correlation"] = correlation_over_seeds(each["correlation"])
    rows = []
    for j, column in enumerate(grid.columns):
        of = {name: Mean(*(part[j] for part in mean)) for name, mean in means.items()}
        n = int((each["valued"][:, j] >= _MIN_VALUED).sum())
        word, reason = _word(grid, column, of, n, each["valued"].shape[0])
        rows.append(
            {
                "score": column.score,
                "truth": column.truth,
                "view": column.view,
                "judged_by": column.judged_by,
                "n_seeds": n,
                "rank_correlation": float(of["correlation"].mean),
                "rank_low": float(of["correlation"].low),
                "rank_high": float(of["correlation"].high),
                "loss": float(of["loss"].mean),
                "loss_low": float(of["loss"].low),
                "loss_high": float(of["loss"].high),
                "agreement_range": float(of["spread"].mean),
                "gain": float(of["gain"].mean),
                "gain_low": float(of["gain"].low),
                "gain_high": float(of["gain"].high),
                "attainable_gain": float(of["attainable"].mean),
                "ceiling": float(of["ceiling"].mean),
                "ceiling_low": float(of["ceiling"].low),
                "ceiling_high": float(of["ceiling"].high),
                "word": word,
                "reason": reason,
            }
        )
    return rows


_MIN_VALUED = 0.5
"""Share of the pipelines for which a score must have a value."""


def _word(grid: Grid, column: Column, of: dict[str, Mean], n: int, n_seeds: int) -> tuple[Word, str]:
    """Return the word of a level; `n` of its `n_seeds` data sets have a value."""
    if not column.direction:
        return "describes", "more is neither better nor worse"
    if n_seeds < FEWEST:
        return "cannot tell", f"{n_seeds} data sets of this level; {FEWEST} are needed"
    best = of["ceiling"]
    if best.n >= FEWEST and not best.low > 0 and best.high < NEAR:
        return "nothing attainable", f"{_ceiling(column, best)}, that of random labels 0"
    if n < max(FEWEST, n_seeds / 2):
        return "no value", f"{n} of {n_seeds} data sets have a value for half of the pipelines"
    beaten = _beaten(column, of) if grid.plan.n_negative else None
    return beaten or _ranked(of, column, worth=WORTH_OF_RECEPTORS if grid.plan.receptors else NEAR)


def _beaten(column: Column, of: dict[str, Mean]) -> tuple[Word, str] | None:
    """Return the word where random labels do as well, else None."""
    if not column.controlled:
        return None
    gain, best = of["gain"], of["ceiling"]
    if gain.n < FEWEST:
        return "cannot tell", f"{int(gain.n)} data sets with a value and random labels; {FEWEST} are needed"
    if gain.low > 0:
        return None
    said = f"pipelines are {float(gain.mean):.3f} above random labels"
    # a score is not at fault as long as there may be nothing to see
    if best.n >= FEWEST and not best.low > 0:
        return "cannot tell", f"{said}, and {_ceiling(column, best)}"
    return "at its negative control", said


def _ceiling(column: Column, best: Mean) -> str:
    said = f"{float(best.mean):.3f} ({float(best.low):.3f} to {float(best.high):.3f})"
    return f"AMI of the oracle's labels with {column.judged_by} is {said}"


def _ranked(of: dict[str, Mean], column: Column, *, worth: float) -> tuple[Word, str]:
    spread, found = float(of["spread"].mean), of["correlation"]
    if not spread >= worth:
        return "nothing to rank", f"pipelines agree with {column.judged_by} to within {spread:.3f}"
    said = f"rank correlation {float(found.mean):.2f} ({float(found.low):.2f} to {float(found.high):.2f})"
    if int(found.n) < FEWEST:
        return "cannot tell", "the score or the agreement is the same for all pipelines"
    if found.high < FAITHFUL:
        return "ranks otherwise", f"{said}, below {FAITHFUL}"
    if found.low > FAITHFUL:
        return "holds", said
    return "cannot tell", f"{said}, {FAITHFUL} is within"
