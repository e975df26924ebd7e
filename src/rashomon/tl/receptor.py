"""The audit of receptors: a table, or the receptors of an AnnData or MuData; one unit per clonotype of a donor."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np
import pandas as pd

from rashomon import io, study
from rashomon.ask import Judged
from rashomon.ask.confounding.dag import parse_arrows
from rashomon.ask.receptor.cluster import target_truths
from rashomon.core import Listener, RNGLike, Step, Teller, UsageError, did_you_mean, say
from rashomon.core.labels import encode_labels
from rashomon.core.slots import RESERVED_LABELS
from rashomon.dataset import Dataset, Truth, unique_receptors
from rashomon.encode.receptor_chain import Chain
from rashomon.engine import Engine, Store
from rashomon.io.on_copy import on_copy
from rashomon.io.within import rows_within
from rashomon.multiverse import Budget, Level
from rashomon.tl.argument import as_clusterer, with_words
from rashomon.tl.calibrate import Metric, calibrate_cutoff
from rashomon.tl.receptor_slot import RECEPTORS, receptor_slots, write_receptor_slots
from rashomon.tl.session import chosen_engine, chosen_store
from rashomon.truth import TruthSpec, check_labels, label_column

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

__all__ = ["ROWS", "audit_receptors", "plan_receptors", "receptor_dataset"]

ROWS = "row_labels"
"""Table of an audit of receptors that says, for every row that came in, which receptor and cluster it belongs to."""

_JUDGED = "\0judged"
"""Name under which the judged labels travel; no column can have it."""


def receptor_dataset(
    data: Path | str | pd.DataFrame | AnnData | MuData | Dataset,
    *,
    truths: Sequence[str | TruthSpec] | None = None,
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    within: Mapping[str, str | Sequence[str]] | None = None,
) -> Dataset:
    """Return the rows of a source of receptors as a data set, after every check of the door.

    Parameters
    ----------
    data
        A file (AIRR, 10x, BD Rhapsody, VDJdb-like; ``.h5ad`` or ``.h5mu`` with receptors), a table in memory, an
        AnnData with ``obsm["airr"]``, a MuData with the modality ``airr``, or a data set, which is returned as it is.
    truths, unassigned, donor_key, batch_key, sample_key, condition_key, within
        As in `audit_receptors`.

    Raises
    ------
    InputError
        When the data cannot be used.
    UsageError
        When labels, columns or a part are named for a data set, which has its own.
    """
    keys = {"donor_key": donor_key, "batch_key": batch_key, "sample_key": sample_key, "condition_key": condition_key}
    if isinstance(data, Dataset):
        useless = [name for name, value in {"truths": truths, **keys, "within": within}.items() if value]
        if useless:
            raise UsageError(
                f"{useless[0]} has no effect on a data set, which has its labels and rows",
                where=data.source,
                fix=f"leave {useless[0]} out",
            )
        return data
    named: dict[str, Any] = {"truths": with_words(truths, unassigned, _uns(data)) or None, **keys}
    if isinstance(data, pd.DataFrame):
        roles = {name.removesuffix("_key"): key for name, key in keys.items()}
        return io.receptors_from_frame(data, truths=named["truths"], roles=roles, within=within)
    if isinstance(data, str | Path):
        if io.receptor_format(data) is not None:
            return io.read_receptors(data, within=within, **named)
        return io.receptors_of_cells(_part(io.read_cells(data), within), source=Path(data).name, **named)
    return io.receptors_of_cells(_part(data, within), **named)


def _part(data: Any, within: Mapping[str, str | Sequence[str]] | None) -> Any:
    return data[rows_within(data.obs, within, source="obs")] if within else data


def _uns(data: Any) -> Mapping[str, Any]:
    uns = getattr(data, "uns", None)
    return io.namespace(uns) if uns is not None else {}


@on_copy
def audit_receptors(
    data: Path | str | pd.DataFrame | AnnData | MuData | Dataset,
    *,
    truths: Sequence[str | TruthSpec] | None = None,
    labels: str | None = None,
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    dag: Sequence[str | tuple[str, str]] | None = None,
    within: Mapping[str, str | Sequence[str]] | None = None,
    pipeline: Mapping[str, Level] | None = None,
    budget: Budget = "quick",
    multiverse: Mapping[str, Sequence[Level]] | None = None,
    clusterers: Sequence[str | Callable[..., Any] | Step] | None = None,
    max_pipelines: int | None = None,
    perturbations: Sequence[str] = (),
    n_replicates: int = 20,
    repeat_all: bool = False,
    questions: Sequence[str] = (),
    scores: Sequence[str] = (),
    n_jobs: int = 0,
    engine: Engine | Mapping[str, Any] | None = None,
    key_added: str = RECEPTORS,
    store: Path | str | Store | None = None,
    announce: Teller = say,
    progress: Listener | None = None,
    rng: RNGLike = 0,
) -> study.Audit:
    """Judge a clustering of receptors by their sequences: what do the clusters follow, and do they come back.

    Parameters
    ----------
    data
        See `receptor_dataset`.
    truths
        Label columns the clusters may follow, such as ``"epitope=biological:external"`` or ``"v_call"``.
    labels
        Column of a clustering to judge; by default the default pipeline is run and judged.
    unassigned
        Words in label columns, beside ``unknown``, that mean "no class".
    donor_key, batch_key, sample_key, condition_key
        Technical columns; receptors are unique within a donor, and all of them compete with the truths.
    dag
        Causal arrows between declared columns, and to ``clusters``; the one that is offered when None.
    within
        Only the rows with these values: ``{"species": "HomoSapiens"}``.
    pipeline, budget, multiverse, clusterers, max_pipelines, perturbations, n_replicates, repeat_all, questions, scores
        As in `rashomon.audit`.
    n_jobs, engine, store, announce, progress, rng
        As in `rashomon.audit`.
    key_added
        Of an AnnData, or the modality ``airr`` of a MuData: prefix of the new columns, and key of the facts in ``uns``.
    copy
        Leave the AnnData or MuData as it is, and return a copy with the results in place of them; `rashomon.get` reads
        them there.

    Returns
    -------
    Answers and tables at the level of receptors; the table ``row_labels`` leads back to the rows. An AnnData with
    receptors gains ``obs[f"{key_added}_labels"]`` (the cluster of the receptor of each cell), ``_stability`` and
    ``_verdict``, missing where a cell has no receptor.

    Raises
    ------
    InputError
        When the data cannot be used.
    UsageError
        When an argument is wrong.
    """
    written = receptor_slots(data, key_added=key_added)
    rows = receptor_dataset(
        data,
        truths=truths,
        unassigned=unassigned,
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        condition_key=condition_key,
        within=within,
    )
    receptors, row_of, judged = _judged(rows, labels, unassigned)
    settings = {"budget": budget, "pipeline": pipeline, "max_pipelines": max_pipelines, "rng": rng}
    options = _options(
        {**settings, "n_replicates": n_replicates, "dag": None if dag is None else parse_arrows(dag)},
        multiverse,
        clusterers,
        engine=chosen_engine(engine, n_jobs=n_jobs, progress=progress),
        store=chosen_store(store),
        perturbations=tuple(perturbations),
        repeat_all=repeat_all,
        questions=tuple(questions),
        scores=tuple(scores),
        call={"unassigned": list(unassigned), "item": "receptor"},
        announce=announce,
    )
    for line in receptors.rows.lines():
        announce(line)
    found = study.audit(study.with_gene_controls(receptors), judged, options=options)
    more = {ROWS: _row_table(rows, row_of, found), "calibration": _calibration(receptors, found, rng)}
    found = replace(found, tables={**found.tables, **more})
    if written is not None:
        write_receptor_slots(written, found, more[ROWS], key_added=key_added)
    return found


def plan_receptors(
    data: Path | str | pd.DataFrame | AnnData | MuData | Dataset, *, labels: str | None = None, **arguments: Any
) -> list[str]:
    """Return what an audit of receptors would run and cost, as lines; nothing is written.

    Parameters
    ----------
    data, labels, arguments
        As in `audit_receptors`.

    Raises
    ------
    UsageError
        When `audit_receptors` has no such argument.
    """
    known = inspect.signature(audit_receptors).parameters
    for name in arguments:
        if name not in known:
            raise UsageError(f"unknown argument {name!r}", where="plan_receptors", fix=did_you_mean(name, known))
    keys = ("truths", "donor_key", "batch_key", "sample_key", "condition_key", "within")
    named: dict[str, Any] = {name: arguments.get(name) for name in keys}
    rows = receptor_dataset(data, **named)
    receptors, _, judged = _judged(rows, labels, arguments.get("unassigned") or ())
    n_jobs = arguments.get("n_jobs", 0)
    settings: dict[str, Any] = {
        name: arguments[name]
        for name in ("budget", "pipeline", "max_pipelines", "n_replicates", "repeat_all", "rng")
        if name in arguments
    }
    settings["perturbations"] = tuple(arguments.get("perturbations") or ())
    options = _options(
        settings,
        arguments.get("multiverse"),
        arguments.get("clusterers"),
        engine=chosen_engine(arguments.get("engine"), n_jobs=n_jobs, progress=None),
    )
    return study.foresee(study.with_gene_controls(receptors), judged, options=options)


def _options(
    settings: Mapping[str, Any],
    multiverse: Mapping[str, Sequence[Level]] | None,
    clusterers: Sequence[str | Callable[..., Any] | Step] | None,
    **others: Any,
) -> study.AuditOptions:
    named = [as_clusterer(each) for each in clusterers or ()]
    return study.AuditOptions(multiverse=multiverse or {}, clusterers=named, **settings, **others)


def _judged(rows: Dataset, labels: str | None, unassigned: Sequence[str]) -> tuple[Dataset, np.ndarray, Judged | None]:
    """Return the receptors, the receptor of each row, and the judged labels of the receptors."""
    if labels is None:
        return *unique_receptors(rows), None
    words = RESERVED_LABELS | set(unassigned)
    values = label_column(rows.obs, labels)
    check_labels(values, where=f"obs[{labels!r}]", unassigned=words)
    codes, categories = encode_labels(values, unassigned=words)
    carried = replace(rows, truths={**rows.truths, _JUDGED: Truth(_JUDGED, "annotation", codes, categories)})
    receptors, row_of = unique_receptors(carried)
    truth = receptors.truths[_JUDGED]
    if (truth.codes >= 0).sum() < 2:
        raise UsageError(
            f"{labels!r} labels fewer than two receptors", where=rows.source, fix="name another column with labels="
        )
    left = {name: each for name, each in receptors.truths.items() if name != _JUDGED}
    return replace(receptors, truths=left), row_of, Judged(labels, truth.codes, truth.categories, own=True)


def _calibration(receptors: Dataset, found: study.Audit, rng: RNGLike) -> pd.DataFrame:
    """Return what each cutoff is worth for the first label of what receptors bind, or why it cannot be said."""
    truth, batch = next(iter(target_truths(receptors)), None), receptors.roles.batch
    if truth is None or batch is None:
        return pd.DataFrame()
    pipeline = found.standin.pipeline if found.standin is not None else {}
    metric = str(pipeline.get("distance", "hamming")).partition(" ")[0]
    try:
        done = calibrate_cutoff(
            receptors,
            truth=truth.name,
            study_key=batch.name,
            metric=cast("Metric", metric if metric in get_args(Metric) else "hamming"),
            chain=cast("Chain", pipeline.get("chain", "vdj")),
            rng=rng,
        )
    except UsageError as error:
        if not error.code.startswith("calibrate."):
            raise
        return pd.DataFrame({"truth": [truth.name], "reason": [f"{error.what} [{error.code}]"]})
    return done.table.assign(truth=truth.name, reason="")


def _row_table(rows: Dataset, row_of: np.ndarray, found: study.Audit) -> pd.DataFrame:
    cells = found.cells.reset_index(names="receptor").reindex(row_of).reset_index(drop=True)
    for name in ("receptor", "label", "verdict"):
        cells[name] = cells[name].fillna("")
    cells.insert(0, "row", rows.obs_names)
    return cells
