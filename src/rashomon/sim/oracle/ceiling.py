"""The ceiling of a score: the largest expected value that any labeling of the cells can have, given the data.

It bounds the expectation of the score for every method; one data set may exceed it. The arg-max posterior is not the
optimum of most scores, so candidates are searched: what wins on one set of draws of the truth is valued on another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rashomon.core import RNGLike, UsageError, child, root_entropy
from rashomon.core.thread import n_threads, run_threads
from rashomon.score import SCORES, Score
from rashomon.score.block import RunCodes
from rashomon.score.run_pair import score_pairs
from rashomon.sim.oracle.candidate import Candidate, base_candidates, distinct, neighbours, refined
from rashomon.sim.oracle.draw import draw_states
from rashomon.sim.oracle.posterior import check_posterior
from rashomon.sim.oracle.search import INFORMATION, PAIRS, Objective, search

__all__ = ["Ceiling", "ceiling", "ceilings"]

_MIN_DEFINED = 0.9
_N_SEARCH_DRAWS = 50
_N_ROUNDS = 3


@dataclass(frozen=True)
class Ceiling:
    """The largest expected value of a score, as far as it was found.

    Parameters
    ----------
    score
        Its name.
    value
        Mean score of the chosen labels over draws that were not used to choose them; NaN where undefined.
    standard_error
        Of this mean, over draws.
    rule
        How the chosen labels were made.
    argmax_value
        The same for the arg-max posterior, over the same draws.
    n_draws
        Draws behind the value.
    reason
        Why there is no value.
    """

    score: str
    value: float
    standard_error: float
    rule: str
    argmax_value: float
    n_draws: int
    reason: str = ""


def ceiling(posterior: np.ndarray, score: str, *, n_draws: int = 100, rng: RNGLike) -> Ceiling:
    """Return the ceiling of one score; see `ceilings`, which is cheaper for several.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.
    score
        Name of a score of two labelings.
    n_draws
        Draws to choose from, and as many to evaluate.
    rng
        Root of the draws.

    Examples
    --------
    >>> sure = ceiling(np.eye(2)[np.arange(60) % 2], "ari", n_draws=5, rng=1)
    >>> sure.value, sure.rule
    (1.0, 'arg-max posterior')
    """
    return ceilings(posterior, [score], n_draws=n_draws, rng=rng)[score]


def ceilings(posterior: np.ndarray, scores: Sequence[str], *, n_draws: int = 100, rng: RNGLike) -> dict[str, Ceiling]:
    """Return the ceilings of several scores, from the same draws.

    Parameters
    ----------
    posterior
        Probability of each state for each cell, cells independent given the data, shape ``(n_cells, n_states)``.
    scores
        Names in `rashomon.score.SCORES` of scores that compare labels with a truth.
    n_draws
        Draws of the truth to choose from, and as many again to evaluate; at least 2.
    rng
        Root of the draws.

    Returns
    -------
    By name. A score that is undefined for most draws (a truth of one class) has no value, with the reason.

    Raises
    ------
    UsageError
        When the posterior is no table of probabilities, a score is unknown or needs more than labels, or draws are few.

    Notes
    -----
    Candidates: arg-max posterior; two classes: the posterior of the second above 0.05, 0.10, ... 0.95; more: arg-max
    weighted by powers of the prevalence, then class by class; uncertain cells as one more cluster or as singletons;
    greedy searches (`search`) for ARI and AMI from the best of these, offered to every score. The maximum over
    candidates is a lower bound of the supremum. Homogeneity, completeness and best Jaccard can be had for nothing by
    splitting or merging, and their ceilings say so. Cost: cells times draws times candidates, some 60 of them, and
    the searches; nothing is quadratic in cells.

    Examples
    --------
    >>> p = np.random.default_rng(0).dirichlet([0.5, 0.5, 0.5], size=200)
    >>> found = ceilings(p, ["ari", "nmi"], n_draws=20, rng=1)
    >>> found["ari"].value >= found["ari"].argmax_value - 3 * found["ari"].standard_error
    True
    """
    table = check_posterior(posterior)
    records = {name: _record(name) for name in scores}
    if table.shape[0] < 2 or n_draws < 2:
        raise UsageError(
            f"{table.shape[0]} cells and {n_draws} draws", where="ceilings", expected="two or more of both"
        )
    root = root_entropy(rng)
    choosing = _Bench(table, draw_states(table, n_draws=n_draws, root=root, name="choose"), records)
    chosen = _choose(choosing, root)
    return _evaluate(choosing, chosen, draw_states(table, n_draws=n_draws, root=root, name="evaluate"))


def _record(name: str) -> Score:
    record = SCORES[name]
    if record.against != "truth" or record.needs != "labels":
        raise UsageError(
            f"{name} has no ceiling: it does not compare labels with a truth",
            where="ceilings",
            fix=f"known: {', '.join(n for n, r in SCORES.items() if r.against == 'truth' and r.needs == 'labels')}",
        )
    return record


class _Bench:
    """Candidates with their scores on the choosing draws; the larger the better, ``-inf`` where mostly undefined."""

    def __init__(self, posterior: np.ndarray, draws: np.ndarray, records: dict[str, Score]) -> None:
        self.posterior, self.draws, self.records = posterior, draws, records
        searched = {name: SCORES[name] for name in (PAIRS.score, INFORMATION.score)}
        self._judged = searched | records
        self.candidates: list[Candidate] = []
        self.means: dict[str, list[float]] = {name: [] for name in self._judged}

    def add(self, candidates: Sequence[Candidate], *, names: Sequence[str] = ()) -> None:
        """Score candidates that are new, by all scores or by `names` alone."""
        known = {candidate.labels.tobytes() for candidate in self.candidates}
        new = [candidate for candidate in distinct(candidates) if candidate.labels.tobytes() not in known]
        wanted = [record for name, record in self._judged.items() if not names or name in names]
        values = _score(new, self.draws, wanted)
        for name, record in self._judged.items():
            found = [record.direction * _mean(row) for row in values[name]] if name in values else [math.nan] * len(new)
            self.means[name] += [-math.inf if math.isnan(mean) else mean for mean in found]
        self.candidates += new

    def best(self, name: str, *, assigned: bool = False) -> Candidate | None:
        """Return the best candidate so far, on request among those without unassigned cells; None: undefined."""
        means = np.array(self.means[name])
        if assigned:
            means[[bool((candidate.labels < 0).any()) for candidate in self.candidates]] = -np.inf
        at = int(means.argmax())
        return self.candidates[at] if means[at] > -np.inf else None


def _choose(bench: _Bench, root: int) -> dict[str, Candidate | None]:
    posterior, names = bench.posterior, list(bench.means)
    bench.add(base_candidates(posterior))
    bench.add([new for name in names if (best := bench.best(name)) for new in refined(posterior, best)])
    for name in names:
        for _ in range(_N_ROUNDS):
            best = bench.best(name)
            n_before = len(bench.candidates)
            bench.add(neighbours(posterior, best) if best else [], names=[name])
            if len(bench.candidates) == n_before or bench.best(name) is best:
                break
    bench.add(_searched(bench, root))
    return {name: bench.best(name) for name in bench.records}


def _searched(bench: _Bench, root: int) -> list[Candidate]:
    """Return the ends of the greedy searches, from the arg-max posterior and from the best candidate of each goal."""
    starts: list[tuple[Objective, Candidate]] = []
    for objective in (PAIRS, INFORMATION):
        best = bench.best(objective.score, assigned=not objective.pairs)
        # the first candidate is the arg-max posterior
        starts += [(objective, start) for start in distinct([bench.candidates[0], *([best] if best else [])])]
    found: list[Candidate] = []
    draws = bench.draws[:, :_N_SEARCH_DRAWS]

    def go(job: tuple[Objective, Candidate]) -> None:
        objective, start = job
        rng = child(root, "ceiling", objective.name, start.rule)
        labels = search(start.labels, bench.posterior, draws, objective=objective, rng=rng)
        found.append(Candidate(f"{objective.name} from {start.rule}", labels))

    run_threads(go, starts)
    return sorted(found, key=lambda candidate: candidate.rule)


def _evaluate(bench: _Bench, chosen: dict[str, Candidate | None], draws: np.ndarray) -> dict[str, Ceiling]:
    found = {}
    for name, candidate in chosen.items():
        if candidate is None:
            reason = "the score is undefined for every candidate in more than a tenth of the draws"
            found[name] = Ceiling(name, math.nan, math.nan, "", math.nan, draws.shape[1], reason)
            continue
        values = _score([candidate, bench.candidates[0]], draws, [bench.records[name]])[name]
        kept = values[0][~np.isnan(values[0])]
        error = float(kept.std(ddof=1) / math.sqrt(kept.size)) if kept.size > 1 else math.nan
        value, argmax_value = _mean(values[0]), _mean(values[1])
        reason = "the score is undefined in more than a tenth of the draws" if math.isnan(value) else ""
        found[name] = Ceiling(name, value, error, candidate.rule, argmax_value, int(kept.size), reason)
    return found


def _score(candidates: Sequence[Candidate], draws: np.ndarray, records: Sequence[Score]) -> dict[str, np.ndarray]:
    """Return the scores of candidates against draws, by name, each of shape ``(n_candidates, n_draws)``."""
    shape = len(candidates), draws.shape[1]
    if not candidates:
        return {record.name: np.empty(shape) for record in records}
    runs = RunCodes.of(np.column_stack([*(candidate.labels for candidate in candidates), draws]))
    first, second = np.indices(shape)
    pairs = np.stack([first.ravel(), len(candidates) + second.ravel()], axis=1)
    values, _ = score_pairs(runs, pairs, records=records, n_threads=n_threads())
    return {name: value.reshape(shape) for name, value in values.items()}


def _mean(values: np.ndarray) -> float:
    """Return the mean over draws where the score is defined; NaN where it is not in more than a tenth of them."""
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size >= _MIN_DEFINED * values.size else math.nan
