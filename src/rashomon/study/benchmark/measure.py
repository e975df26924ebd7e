"""What a benchmark measures: the scores that apply to cells or to receptors, and how each is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rashomon.core import UsageError, did_you_mean
from rashomon.score import SCORES
from rashomon.score.receptor import RECEPTOR_SCORES
from rashomon.score.step import TABLE_STEPS
from rashomon.sim.judge import AGAINST_TRUTH
from rashomon.sim.judge_receptor_score import JUDGED_RECEPTOR_SCORES

__all__ = ["Measure", "NotMeasured", "measures"]

_DESCRIPTIONS = ("n_clusters", "clustered", "donors_per_cluster", "purity_by_chance")
"""Numbers that say what clusters are like; more is neither better nor worse."""

_BETWEEN_HALVES = "prediction_strength"


@dataclass(frozen=True)
class Measure:
    """A score of a benchmark.

    Parameters
    ----------
    name
        As in the tables.
    direction
        +1 when larger is better, -1 when smaller is, 0 when it describes.
    against
        Whether it compares with a truth.
    controlled
        Whether labels equal to the truth should be the best, and random ones the worst.
    """

    name: str
    direction: int
    against: bool
    controlled: bool


@dataclass(frozen=True)
class NotMeasured:
    """A score that is not computed, and why."""

    name: str
    because: str


def measures(asked: Sequence[str] | None, *, receptors: bool) -> tuple[tuple[Measure, ...], tuple[NotMeasured, ...]]:
    """Return the scores of a benchmark, those against a truth first, and those that do not apply.

    Parameters
    ----------
    asked
        Names; None: all that apply.
    receptors
        Whether receptors are clustered, not cells.

    Raises
    ------
    UsageError
        When a score is unknown, or none applies.

    Examples
    --------
    >>> found, left = measures(["ari", "silhouette", "retention"], receptors=False)
    >>> [each.name for each in found], left[0].name
    (['ari', 'silhouette'], 'retention')
    """
    known = tuple(dict.fromkeys([*SCORES, *JUDGED_RECEPTOR_SCORES, *RECEPTOR_SCORES]))
    for name in asked or ():
        if name not in known:
            raise UsageError(f"unknown score {name!r}", where="scores", fix=did_you_mean(name, known))
    able = _of_receptors() if receptors else _of_cells()
    names = [each.name for each in able]
    wanted = known if asked is None else tuple(asked)
    found = tuple(each for each in able if each.name in wanted)
    if not found:
        raise UsageError("none of the scores applies", where="scores", expected=", ".join(names))
    because = "it is a score of cells" if receptors else "it is a score of receptors"
    left = [
        NotMeasured(name, "it needs a classifier between halves" if name == _BETWEEN_HALVES else because)
        for name in wanted
        if name not in names
    ]
    return found, tuple(left)


def _of_cells() -> list[Measure]:
    # it judges by a classifier, not by a truth
    against = [Measure(name, SCORES[name].direction, against=True, controlled=True)
               for name in AGAINST_TRUTH if name != _BETWEEN_HALVES]  # fmt: skip
    on_view = [Measure(name, SCORES[name].direction, against=False, controlled=True) for name in TABLE_STEPS]
    return [*against, *on_view]


def _of_receptors() -> list[Measure]:
    found = []
    for name, record in JUDGED_RECEPTOR_SCORES.items():
        direction = 0 if name in _DESCRIPTIONS else RECEPTOR_SCORES[name].direction if name in RECEPTOR_SCORES else 1
        against = record.beside is not None
        # of labels alone, no truth need be best: three epitopes are three large clusters
        found.append(Measure(name, direction, against=against, controlled=against and direction != 0))
    return sorted(found, key=lambda each: not each.against)
