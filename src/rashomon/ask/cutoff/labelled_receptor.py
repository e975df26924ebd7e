"""The receptors from which a cutoff can be learned: labelled, of a known study, of labels with enough clonotypes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from rashomon.core import UsageError

__all__ = ["LARGEST_SHARE", "MIN_CLONOTYPES", "LabelledReceptors", "refuse_one_study"]

MIN_CLONOTYPES = 10
"""Clonotypes below which a label says nothing about distances."""

LARGEST_SHARE = 0.8
"""Share of the evidence from one study above which labels and studies cannot be told apart."""


@dataclass(frozen=True, eq=False)
class LabelledReceptors:
    """Receptors with labels and studies, none missing.

    Parameters
    ----------
    kept
        Their positions among all receptors, ``int64``, shape ``(n,)``, ascending.
    labels
        Which labels each carries, at least one, boolean CSR, shape ``(n, n_labels)``.
    study
        Code of its study, 0 to n_studies - 1, shape ``(n,)``.
    notes
        What was left out, in words.
    """

    kept: np.ndarray
    labels: sp.csr_matrix
    study: np.ndarray
    notes: tuple[str, ...] = ()

    @property
    def n_studies(self) -> int:
        """Number of studies."""
        return int(self.study.max(initial=-1)) + 1

    @classmethod
    def choose(cls, sets: sp.csr_matrix, study: np.ndarray) -> LabelledReceptors:
        """Choose the receptors that can be used.

        Parameters
        ----------
        sets
            Which labels each receptor carries, boolean CSR, shape ``(n_receptors, n_labels)``; one row per clonotype.
        study
            Code of the study (or batch) of each receptor, shape ``(n_receptors,)``; negative is missing.

        Raises
        ------
        UsageError
            ``calibrate.studies`` when fewer than two studies have labelled receptors, ``calibrate.labels`` when fewer
            than two labels have 10 clonotypes, ``calibrate.one_study`` when more than 80 % of the receptors come from
            one study.

        Examples
        --------
        >>> sets = sp.csr_matrix(np.repeat(np.eye(2, dtype=bool), 15, axis=0))
        >>> chosen = LabelledReceptors.choose(sets, np.arange(30) % 3 - 1)
        >>> chosen.kept.size, chosen.n_studies, chosen.notes
        (20, 2, ('10 labelled receptors of unknown study were left out',))
        """
        study = np.asarray(study)
        carries = np.diff(sp.csr_matrix(sets).indptr) > 0
        kept = np.flatnonzero(carries & (study >= 0))
        notes = _told(int((carries & (study < 0)).sum()), "labelled receptors of unknown study were left out")
        _refuse_few_studies(np.unique(study[kept]).size)
        labels = sp.csr_matrix(sets)[kept]
        size = np.asarray(labels.sum(axis=0)).ravel()
        large = np.flatnonzero(size >= MIN_CLONOTYPES)
        _refuse_labels(size, large)
        rare = int(((size > 0) & (size < MIN_CLONOTYPES)).sum())
        notes += _told(rare, f"labels with fewer than {MIN_CLONOTYPES} clonotypes were left out")
        labels = sp.csr_matrix(labels[:, large])
        some = np.diff(labels.indptr) > 0
        notes += _told(int((~some).sum()), "receptors have no other label and were left out with them")
        names, codes = np.unique(study[kept][some], return_inverse=True)
        _refuse_few_studies(names.size)
        size = np.bincount(codes)
        refuse_one_study(size.max() / size.sum(), "labelled receptors", f"study code {names[size.argmax()]}")
        return cls(kept[some], sp.csr_matrix(labels[some]), codes.astype(np.int64), notes)


def _told(n: int, what: str) -> tuple[str, ...]:
    return (f"{n:,} {what}",) if n else ()


def _refuse_labels(size: np.ndarray, large: np.ndarray) -> None:
    if large.size < 2:
        raise UsageError(
            f"{large.size} of {int((size > 0).sum())} labels have {MIN_CLONOTYPES} clonotypes or more",
            where="calibration of a cutoff",
            expected=f"two labels or more with {MIN_CLONOTYPES} clonotypes of known study",
            fix="add labelled receptors, or use a coarser label",
            code="calibrate.labels",
        )


def _refuse_few_studies(n: int) -> None:
    if n < 2:
        raise UsageError(
            f"the labelled receptors come from {n} known studies",
            where="calibration of a cutoff",
            expected="two studies or more: receptors are compared between them only",
            fix="name the column of studies or batches",
            code="calibrate.studies",
        )


def refuse_one_study(share: float, of: str, which: str) -> None:
    """Refuse evidence of which one study gives more than 80 %.

    Parameters
    ----------
    share
        The largest share of a study, in [0, 1].
    of
        What it is a share of, in words.
    which
        The study.

    Raises
    ------
    UsageError
        ``calibrate.one_study``.
    """
    if share > LARGEST_SHARE:
        raise UsageError(
            f"one study gives {share:.0%} of the {of}",
            where=f"calibration of a cutoff, {which}",
            expected=f"at most {LARGEST_SHARE:.0%} from one study",
            fix="add studies: here what they share, and what their label shares, cannot be told apart",
            code="calibrate.one_study",
        )
