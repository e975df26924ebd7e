"""What an audit found: answers, tables, per-cell columns, and everything needed to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask import Answer, Judged, StandIn
from rashomon.ask.stability.every import of_others
from rashomon.dataset import Dataset
from rashomon.engine import Estimate
from rashomon.multiverse import Multiverse
from rashomon.partitions import Partitions
from rashomon.study.paired_word import paired_sentences

__all__ = ["Audit"]

_CARD = ("cluster", "n", "word", "detail", "markers", "action")
"""Columns of the cards that fit beside the answers."""


@dataclass(frozen=True, eq=False, repr=False)
class Audit:
    """The result of auditing one clustering.

    Parameters
    ----------
    dataset, judged
        What was audited.
    spec
        The resolved call: every argument, the seed.
    answers
        By key of the question, in their order: ``structure``, ``stability``, ``truths``, ``choices``, ``confounding``,
        ``which_score``, ``power``.
    tables
        Tidy tables by name: ``clusters`` (one row per judged cluster), ``rungs`` (cluster x perturbation), ``settings``
        (cluster x choice x level), ``truths``, ``truth_matrix`` (truth x pipeline), ``relations``, ``deciding`` and
        ``conflict`` (pairs of truths; groups of cells that decide between them), ``shares``, ``curve`` (one row per
        run), ``scores`` (run x truth x score), ``markers`` (cluster x gene), ``marked`` (one row per cluster: its first
        markers, or why there are none), ``tripwires`` (one row per trip-wire, fired ones first), ``runs`` (every run,
        failed ones too), ``not_run``; ``cards`` (one row per cluster: the word of all questions together),
        ``labellings``, ``nodes`` and ``pairs`` (which clusters a gap sets apart), ``resolution_range``,
        ``pipeline_repeats`` (pipeline x granularity x perturbation, where all were repeated), ``technical``,
        ``conditional``, ``nuisances``, ``donor_entropy``, ``negative_controls`` (question 5), ``score_track`` and
        ``score_tripwires`` (question 6), ``power`` and ``detectability`` (question 7), ``guarantees`` (statement x
        measured rate). Absent ones are empty. For simulated data with known limits also ``ceilings``
        (truth x score), see `rashomon.study.ceiling.against_ceilings`; for cells that also have receptors
        ``paired`` and its kin, see `rashomon.study.paired.pair`.
    cells
        One row per cell, indexed by its name: ``label``, ``stability`` in [0, 1] (NaN unknown), ``verdict``.
    partitions
        Labels of all runs, multiverse and resamples; None when only labels are known. See `own_partitions`.
    multiverse, standin, estimate
        Settings varied, the pipeline re-run, and what the plan was expected to cost; None when only labels are known.
    view
        Two coordinates per cell for drawing, shape ``(n_obs, 2)`` (NaN where a cell has none), and their name.
    environment
        Versions of this package and of the libraries that can change a number.
    seconds
        Wall time.
    """

    dataset: Dataset
    judged: Judged
    spec: Mapping[str, Any]
    answers: Mapping[str, Answer]
    tables: Mapping[str, pd.DataFrame]
    cells: pd.DataFrame
    partitions: Partitions | None = None
    multiverse: Multiverse | None = None
    standin: StandIn | None = None
    estimate: Estimate | None = None
    view: tuple[np.ndarray, str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def __repr__(self) -> str:
        """Return the answers, a line each: what a notebook or a terminal shows."""
        said = [*(f"- {each}" for each in self.sentences()), *(f"! trip-wire {each}" for each in self.warnings())]
        return "\n".join([self._title, *said, 'more: .answers["stability"], .tables["cards"], .tables["labellings"]'])

    def _repr_html_(self) -> str:
        """Return the answers and the cards as HTML; names of the data are escaped."""
        said = "".join(f"<li>{escape(each)}</li>" for each in self.sentences())
        wires = "".join(f"<li><strong>Trip-wire</strong> {escape(each)}</li>" for each in self.warnings())
        cards = self.tables.get("cards", pd.DataFrame())
        shown = [name for name in _CARD if name in cards]
        with pd.option_context("display.max_colwidth", None):
            table = cards[shown].to_html(index=False, max_rows=30, border=0) if shown else ""
        return f"<div><p><strong>{escape(self._title)}</strong></p><ul>{said}{wires}</ul>{table}</div>"

    @property
    def _title(self) -> str:
        size = f"{self.dataset.n_obs:,} {self.dataset.item}s, {len(self.judged.categories)} clusters"
        return f"Audit of {self.judged.name} in {self.dataset.source}: {size}"

    @cached_property
    def own_partitions(self) -> Partitions | None:
        """Labels of all runs but the repeats of other pipelines than the one that stands in for the judged labels."""
        if self.partitions is None:
            return None
        return self.partitions.select(~of_others(self.partitions.runs, self.standin))

    @property
    def scores(self) -> pd.DataFrame:
        """The long table of scores."""
        return self.tables["scores"]

    @property
    def clusters(self) -> pd.DataFrame:
        """One row per judged cluster with its verdict."""
        return self.tables["clusters"]

    @property
    def failed(self) -> pd.DataFrame:
        """Runs that failed, with the reason."""
        runs = self.tables["runs"]
        return runs[runs["status"] == "failed"] if len(runs) else runs

    def sentences(self) -> list[str]:
        """Return a plain sentence per question, as printed at the end; where nothing can be told, another says why.

        Cells that also have receptors add theirs, see `rashomon.study.paired_word`.
        """
        return [*(_said(answer) for answer in self.answers.values()), *paired_sentences(self.tables)]

    def warnings(self) -> list[str]:
        """Return one line per trip-wire that fired: what it saw, and what to do next."""
        table = self.tables["tripwires"]
        fired = table[table["status"] == "fired"] if len(table) else table
        return [f"{row['tripwire']}: {row['said']}. {row['next_step']}" for _, row in fired.iterrows()]


def _said(answer: Answer) -> str:
    if answer.verdict != "cannot tell":
        return answer.sentence
    return f"{answer.sentence} {answer.text.partition('. ')[0].rstrip('.')}."
