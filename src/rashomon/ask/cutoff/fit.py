"""The fit of a calibration: which pairs are counted, against which, and with what interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.ask.cutoff.calibration import AGAINST, CALIBRATION_COLUMNS, Against, Background, Calibration
from rashomon.ask.cutoff.close_pair import ClosePairs, PairTable, all_pairs, same_pairs, tabulate_pairs
from rashomon.ask.cutoff.curve import (
    PairCounts,
    chance_interval,
    jackknife_interval,
    likelihood_ratio,
    posterior,
    widest,
)
from rashomon.ask.cutoff.held_out_study import held_out_table
from rashomon.ask.cutoff.labelled_receptor import LabelledReceptors, refuse_one_study
from rashomon.core import UsageError, did_you_mean

__all__ = ["calibrate"]

_FEWEST_STUDIES = 6
"""Studies below which leaving each out in turn gives no interval."""

_OFF = 0.1
"""Mean difference of predicted and observed probability, in studies left out, above which it is said (convention)."""


def calibrate(
    receptors: LabelledReceptors,
    pairs: ClosePairs,
    backgrounds: Mapping[str, Background],
    *,
    cutoffs: np.ndarray,
    against: Against = "matched",
    prevalence: float | None = None,
    what: str = "distance",
) -> Calibration:
    """Return what each cutoff is worth, learned from pairs of receptors of different studies.

    The likelihood ratio of a cutoff is the share of all same-label pairs that are within it, over that share in the
    background. Pairs of one study are not used: receptors of a study share its donors, its selection and its errors.

    Parameters
    ----------
    receptors
        See `LabelledReceptors.choose`.
    pairs
        Their close pairs, as positions in `receptors`: all pairs within the largest cutoff that meet the other
        conditions of a link, such as a common V family. Only the denominators count all pairs, so a condition makes
        the rates smaller, not the comparison another one.
    backgrounds
        ``matched`` and ``blood``, where there are; ``different`` is always there.
    cutoffs
        Ascending, 0 or more, shape ``(n_cutoffs,)``.
    against
        The background of the ratio. Shuffled receptors have the V, J and length of the labelled ones, so what they
        share says nothing about a label. Blood shows what selection and recombination make alike by themselves.
        Receptors with different labels show both, and the labels that are wrong. Shuffled receptors keep the V genes
        that selection favoured, so with links that need a common V they are close more often than receptors with
        different labels, and P is too low: `Calibration.held_out` shows by how much.
    prevalence
        Share of all pairs that share a label where the links will be used, in (0, 1); by default that of these data,
        which is far above that of a repertoire.
    what
        The distance, in words, for sentences.

    Raises
    ------
    UsageError
        ``calibrate.one_study`` when one study has an end of more than 80 % of the close same-label pairs,
        ``calibrate.no_pairs`` when there is no such pair; when cutoffs, prevalence or background are wrong.

    Notes
    -----
    Intervals leave out each study in turn and are at least as wide as chance makes them; see `jackknife_interval` and
    `chance_interval`. All labels are pooled: a label with many receptors owns most pairs, and ``largest_label`` says
    how many.
    """
    cutoffs = _checked(cutoffs, against, backgrounds, prevalence)
    n = receptors.n_studies
    same = _meet(receptors.labels, pairs)
    tables = {True: tabulate_pairs(pairs.take(same), receptors.study, cutoffs)}
    tables[False] = tabulate_pairs(pairs.take(~same), receptors.study, cutoffs)
    _refuse_pairs(tables[True], n)
    # all studies, then all but each
    weights = np.vstack([np.ones(n), 1 - np.eye(n)])
    n_same = same_pairs(receptors.labels, receptors.study, weights)
    n_different = all_pairs(receptors.study, weights) - n_same
    close = {kind: table.counts(weights) for kind, table in tables.items()}
    rates = {"different": _Rate(close[False], n_different)}
    rates |= {name: _rate(given, receptors.study, cutoffs, weights) for name, given in backgrounds.items()}
    chosen = rates[against]
    counts = PairCounts(close[True], n_same, chosen.close, chosen.total)
    stated = float(n_same[0] / (n_same[0] + n_different[0])) if prevalence is None else prevalence
    table = pd.DataFrame(
        {
            "cutoff": cutoffs,
            **_observed(close, n_same, rates, against),
            **_estimates(counts, tables[True].touching(n), chosen, stated),
            **_owners(tables[True], receptors, pairs.take(same), cutoffs),
        }
    )[list(CALIBRATION_COLUMNS)]
    held_out = held_out_table(counts, close[False], n_different)
    notes = (*receptors.notes, *_beware(table, held_out, n))
    size = receptors.labels.shape
    return Calibration(table, held_out, against, stated, size[0], size[1], n, what, notes)


@dataclass(frozen=True, eq=False)
class _Rate:
    """Close pairs of a background at each cutoff, and all its pairs, by weighting; and its own variance."""

    close: np.ndarray
    total: np.ndarray
    extra: np.ndarray | float = 0.0


def _rate(given: Background, study: np.ndarray, cutoffs: np.ndarray, weights: np.ndarray) -> _Rate:
    if given.donor is None:
        tables = [tabulate_pairs(draw, study, cutoffs) for draw in given.draws]
        close = np.sum([table.counts(weights) for table in tables], axis=0)
        return _Rate(close, len(tables) * all_pairs(study, weights))
    donors, codes = np.unique(given.donor, return_inverse=True)
    own = np.vstack([np.ones(donors.size), 1 - np.eye(donors.size)])
    close = np.sum([tabulate_pairs(draw, codes, cutoffs).counts(own) for draw in given.draws], axis=0)
    total = len(given.draws) * all_pairs(codes, own)
    logs = np.log((np.cumsum(close[1:], axis=1) + 1) / total[1:, None])
    extra = (donors.size - 1) / donors.size * ((logs - logs.mean(axis=0)) ** 2).sum(axis=0)
    ones = np.ones((weights.shape[0], 1))
    return _Rate(ones * close[:1], np.full(weights.shape[0], total[0]), extra)


def _observed(
    close: Mapping[bool, np.ndarray], n_same: np.ndarray, rates: Mapping[str, _Rate], against: Against
) -> dict[str, np.ndarray]:
    n_pairs = np.cumsum(close[True][0] + close[False][0])
    found = {name: np.cumsum(rate.close[0]) / rate.total[0] for name, rate in rates.items()}
    absent = np.full(n_pairs.size, np.nan)
    return {
        "n_pairs": n_pairs.round().astype(np.int64),
        "n_same": np.cumsum(close[True][0]).round().astype(np.int64),
        "same_rate": np.cumsum(close[True][0]) / n_same[0],
        "background_rate": found[against],
        **{f"{name}_rate": found.get(name, absent) for name in AGAINST},
    }


def _estimates(counts: PairCounts, share: np.ndarray, background: _Rate, prevalence: float) -> dict[str, np.ndarray]:
    at, within = likelihood_ratio(counts)
    if share.size < _FEWEST_STUDIES:
        low = high = np.full(within.shape[1], np.nan)
    else:
        # a study without which no pair of a kind is left cannot be left out
        defined = np.isfinite(within[1:]).all(axis=1)
        resampled = jackknife_interval(within[0], within[1:][defined], share, extra=background.extra)
        low, high = widest(resampled, chance_interval(counts))
    found = {"lr": within[0], "lr_low": low, "lr_high": high, "lr_at": at[0]}
    named = {"p_same": "lr", "p_low": "lr_low", "p_high": "lr_high", "p_at": "lr_at"}
    return found | {name: posterior(found[ratio], prevalence) for name, ratio in named.items()}


def _owners(
    same: PairTable, receptors: LabelledReceptors, pairs: ClosePairs, cutoffs: np.ndarray
) -> dict[str, np.ndarray]:
    """Return how many studies, and how much of one study and of one label, are behind the same-label pairs."""
    studies, of_study, of_label, macro = [], [], [], []
    n_of = _pairs_of_labels(receptors)
    between = pairs.take(receptors.study[pairs.i] != receptors.study[pairs.j])
    shared = sp.csr_matrix(receptors.labels[between.i].multiply(receptors.labels[between.j]))
    for place, cutoff in enumerate(cutoffs):
        part = same.within(place)
        ends, total = part.touching(receptors.n_studies), part.n.sum()
        labels = np.asarray(shared[np.flatnonzero(between.d <= cutoff)].sum(axis=0)).ravel()
        studies.append(int((ends > 0).sum()))
        of_study.append(ends.max() / total if total else np.nan)
        of_label.append(labels.max() / total if total else np.nan)
        macro.append(float(np.mean(labels[n_of > 0] / n_of[n_of > 0])))
    values = (np.array(studies, dtype=np.int64), np.array(of_study), np.array(of_label), np.array(macro))
    return dict(zip(("studies", "largest_study", "largest_label", "macro_rate"), values, strict=True))


def _pairs_of_labels(receptors: LabelledReceptors) -> np.ndarray:
    """Return the pairs of different studies of each label, close or not; shape ``(n_labels,)``."""
    place = (receptors.study, np.arange(receptors.study.size))
    member = sp.csr_matrix((np.ones(receptors.study.size), place))
    size = (member @ receptors.labels.astype(np.float64)).toarray()
    total: np.ndarray = (size.sum(axis=0) ** 2 - (size**2).sum(axis=0)) / 2
    return total


def _meet(labels: sp.csr_matrix, pairs: ClosePairs) -> np.ndarray:
    """Return whether the two receptors of each pair share a label; ``bool``."""
    both = labels[pairs.i].astype(np.int32).multiply(labels[pairs.j].astype(np.int32))
    return np.asarray(both.sum(axis=1)).ravel() > 0


def _checked(
    cutoffs: np.ndarray, against: Against, backgrounds: Mapping[str, Background], prevalence: float | None
) -> np.ndarray:
    values = np.asarray(cutoffs, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or not (values[0] >= 0 and (np.diff(values) > 0).all()):
        raise UsageError(
            "cutoffs do not ascend from 0 or more", where="calibrate(cutoffs=)", expected="such as 0, 1, 2, 3"
        )
    unknown = set(backgrounds) - set(AGAINST)
    if unknown:
        raise UsageError(
            f"unknown background {min(unknown)!r}", where="calibrate", fix=did_you_mean(min(unknown), AGAINST)
        )
    known = ("different", *backgrounds)
    if against not in known:
        raise UsageError(
            f"there is no background {against!r}", where="calibrate(against=)", fix=did_you_mean(against, known)
        )
    if prevalence is not None and not 0 < prevalence < 1:
        raise UsageError(
            f"prevalence is {prevalence}",
            where="calibrate(prevalence=)",
            expected="a number in (0, 1): the share of all pairs that share a label",
        )
    return values


def _refuse_pairs(same: PairTable, n_studies: int) -> None:
    total = same.n.sum()
    if not total:
        raise UsageError(
            "no close pair of different studies shares a label",
            where="calibration of a cutoff",
            expected="labels that occur in two studies or more",
            fix="raise the largest cutoff, or use a label that several studies have",
            code="calibrate.no_pairs",
        )
    ends = same.touching(n_studies)
    refuse_one_study(ends.max() / total, "close pairs that share a label", f"study number {int(ends.argmax())}")


def _beware(table: pd.DataFrame, held_out: pd.DataFrame, n_studies: int) -> tuple[str, ...]:
    notes = []
    if n_studies < _FEWEST_STUDIES:
        notes.append(f"{n_studies} studies give no interval; {_FEWEST_STUDIES} would")
    owned = float(table["largest_label"].iloc[-1])
    if owned > 0.5:
        notes.append(f"one label carries {owned:.0%} of the same-label pairs: the numbers are mostly about it")
    seen = held_out[held_out["n_pairs"] > 0]
    if len(seen):
        off = float(np.average(seen["predicted"] - seen["observed"], weights=seen["n_pairs"]))
        if abs(off) > _OFF:
            how = "high" if off > 0 else "low"
            notes.append(f"in studies left out of the fit P was too {how} by {abs(off):.2f} in the mean")
    return tuple(notes)
