"""One section per question: the question, the answer, the figures, what it rests on, the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from rashomon.ask import QUESTIONS, Answer
from rashomon.core import Registry
from rashomon.dataset.noun import in_items
from rashomon.report.ceiling import ceiling_sentences
from rashomon.report.figure import FIGURES
from rashomon.report.picture import Picture, picture_uri
from rashomon.report.table import ShownTable, show_table
from rashomon.study import Audit

__all__ = ["STATUS_SIGNS", "Section", "pictures", "sections", "unasked"]

STATUS_SIGNS = {"holds": "✓", "violated": "✗", "untested": "?"}
"""A sign per status of an assumption."""


@dataclass(frozen=True)
class _Rests:
    """A table shown under a question."""

    name: str
    question: str
    summary: str
    without: tuple[str, ...] = ()


_TABLES: Registry[_Rests] = Registry(
    "table",
    [
        _Rests(
            "nodes",
            "structure",
            "One row per split of the tree over the clusters, from the root down",
            ("node", "parent"),
        ),
        _Rests("pairs", "structure", "One row per pair of neighbouring clusters: is there a gap between them"),
        _Rests(
            "receptor_population",
            "structure",
            "One row per repertoire: the data (draw -1) and generated ones, and how alike their receptors are",
        ),
        _Rests("rungs", "stability", "One row per cluster and thing that was varied"),
        _Rests("settings", "stability", "One row per cluster and setting"),
        _Rests("resolution_range", "stability", "One row per cluster and resolution: does it exist there"),
        _Rests("repeats", "stability", "One row per perturbation, granularity and measure: how far repeats agree"),
        _Rests(
            "pipeline_repeats",
            "stability",
            "One row per pipeline, granularity and perturbation: how well it finds its own labels again. Being found "
            "again is not being right: a pipeline that puts all together always is",
        ),
        _Rests("markers", "stability", "One row per cluster and gene that marks it"),
        _Rests("truths", "truths", "One row per label column", ("status",)),
        _Rests(
            "ceilings",
            "truths",
            "One row per label column and score: what any method could reach in the world that these data are from. "
            "Best run: chosen by looking at the labels; a ceiling bounds the average over data sets",
        ),
        _Rests("relations", "truths", "One row per pair of label columns: how they relate"),
        _Rests("deciding", "truths", "The cells that decide between label columns, by their classes in both"),
        _Rests("conflict", "truths", "One row per pair of label columns: do they prefer different pipelines"),
        _Rests("scores", "truths", "One row per run, label column and score", ("control", "level")),
        _Rests("shares", "choices", "One row per outcome and source of its spread"),
        _Rests("curve", "choices", "One row per run", ("run", "pipeline")),
        _Rests(
            "technical", "confounding", "One row per cluster: what technical it follows, and in how many donors it is"
        ),
        _Rests("conditional", "confounding", "One row per label column and what is held fixed: do clusters follow it"),
        _Rests("nuisances", "confounding", "One row per cluster and nuisance: how far it alone tells the cluster"),
        _Rests("nuisances_overall", "confounding", "One row per nuisance, over all clusters"),
        _Rests("donor_entropy", "confounding", "One row per cluster: how its cells spread over donors"),
        _Rests("negative_controls", "confounding", "One row per control: clusters of what should not matter"),
        _Rests("nuisance_effects", "confounding", "One row per nuisance: what taking it out of a twin changes"),
        _Rests("adjustment", "confounding", "One row per column: what has to be held fixed, by the causal diagram"),
        _Rests(
            "score_track", "which_score", "One row per label column, score and strength: what its pick loses in twins"
        ),
        _Rests("score_tripwires", "which_score", "One row per known way in which scores are fooled"),
        _Rests("best_of_many", "which_score", "The best of many pipelines, corrected for having been picked"),
        _Rests("power", "power", "One row per cluster: what it would take to find it"),
        _Rests("detectability", "power", "One row per cluster and grid point of the draws"),
    ],
)


@dataclass(frozen=True)
class Section:
    """Everything the page says about one question.

    Parameters
    ----------
    key, number, question
        The question, as users ask it.
    answer
        What is said.
    pictures, tables
        What it rests on; empty where nothing could be computed.
    remarks
        Sentences below the answer; empty for most questions.
    """

    key: str
    number: int
    question: str
    answer: Answer
    pictures: tuple[Picture, ...]
    tables: tuple[ShownTable, ...]
    remarks: tuple[str, ...] = ()


def sections(audit: Audit) -> list[Section]:
    """Return the sections of the questions that were asked, in the order of the questions."""
    return [
        Section(
            question.name,
            question.number,
            in_items(question.summary, audit.dataset.item),
            audit.answers[question.name],
            pictures(audit, question.name),
            tuple(_tables(audit, question.name)),
            _REMARKS.get(question.name, _no_remark)(audit),
        )
        for question in QUESTIONS.values()
        if question.name in audit.answers
    ]


def unasked(audit: Audit) -> list[tuple[int, str]]:
    """Return number and words of the questions that were not asked: a page says so of each.

    Parameters
    ----------
    audit
        What was found.
    """
    item = audit.dataset.item
    return [
        (each.number, in_items(each.summary, item)) for each in QUESTIONS.values() if each.name not in audit.answers
    ]


def _no_remark(_: Audit) -> tuple[str, ...]:
    return ()


_REMARKS: dict[str, Callable[[Audit], tuple[str, ...]]] = {"truths": ceiling_sentences}


def pictures(audit: Audit, question: str) -> tuple[Picture, ...]:
    """Return the figures of `audit` that belong to `question`, drawn."""
    item = audit.dataset.item
    return tuple(
        Picture(
            figure.name,
            picture_uri(partial(figure.draw, audit)),
            figure.alt(audit),
            in_items(figure.summary, item),
        )
        for figure in FIGURES.values()
        if figure.question == question and figure.available(audit)
    )


def _tables(audit: Audit, question: str) -> list[ShownTable]:
    entries = [
        entry for entry in _TABLES.values() if entry.question == question and len(audit.tables.get(entry.name, ()))
    ]
    return [
        show_table(
            _named(audit, audit.tables[one.name]),
            name=one.name,
            caption=in_items(one.summary, audit.dataset.item),
            without=one.without,
        )
        for one in entries
    ]


def _named(audit: Audit, table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with the names of clusters in place of their codes."""
    if "cluster" not in table or not pd.api.types.is_integer_dtype(table["cluster"]):
        return table
    return table.assign(cluster=[audit.judged.categories[int(code)] for code in table["cluster"]])
