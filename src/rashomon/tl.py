"""Tools on AnnData objects and files: read slots, call a room, write slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData

from rashomon import io, report, study
from rashomon.ask import Judged, trip
from rashomon.ask.marker import Markers
from rashomon.cluster import user_clusterer
from rashomon.core import Listener, RNGLike, Step, Teller, UsageError, lines, publish_text, say
from rashomon.core.slots import NAMESPACE
from rashomon.dataset import Dataset
from rashomon.engine import DirectoryStore, Engine, MemoryStore
from rashomon.io.within import log_within, rows_within
from rashomon.multiverse import Budget, Level
from rashomon.multiverse.parse import parse_levels, parse_pipeline, parse_within
from rashomon.truth import TruthSpec, compare, specs

__all__ = [
    "audit",
    "audit_file",
    "audit_to",
    "compare_truths",
    "markers",
    "parse_levels",
    "parse_pipeline",
    "parse_within",
    "plan_file",
    "tripwires",
]


_NEED_CELLS = (
    "labels_from", "use_rep", "pipeline", "layer", "within", "multiverse", "clusterers", "max_pipelines",
)  # fmt: skip
"""Arguments that mean nothing where there is only a table of labels."""


def audit(
    adata: AnnData,
    *,
    truths: Sequence[str | TruthSpec] = (),
    labels: str | None = None,
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    layer: str | None = None,
    use_rep: str | None = None,
    labels_only: bool = False,
    within: Mapping[str, str | Sequence[str]] | None = None,
    pipeline: Mapping[str, Level] | None = None,
    budget: Budget = "quick",
    multiverse: Mapping[str, Sequence[Level]] | None = None,
    clusterers: Sequence[str | Callable[..., Any] | Step] | None = None,
    max_pipelines: int | None = None,
    n_replicates: int = 20,
    n_jobs: int = 0,
    key_added: str = NAMESPACE,
    store: Path | str | None = None,
    source: str = "adata",
    call: Mapping[str, Any] | None = None,
    announce: Teller = say,
    progress: Listener | None = None,
    rng: RNGLike = 0,
) -> study.Audit:
    """Judge a clustering of `adata`, and write what was found into new columns.

    Parameters
    ----------
    adata
        Counts or log-normalised values in ``X``, ``layers`` or ``raw``; labels in ``obs``.
    truths
        Label columns the clusters may follow: ``"cell_type"``, ``"cell_type=annotation:protein"``, or `TruthSpec`.
    labels
        Column of the clustering to judge; by default the default pipeline is run and judged.
    unassigned
        Words in label columns, beside ``unknown``, ``doublets`` and ``junk``, that mean "no class": ``ungated``.
    donor_key, batch_key, sample_key, condition_key
        Technical columns; they compete with the truths.
    layer
        Matrix to use; by default counts where they are found.
    use_rep
        Key of ``obsm`` to start from (``X_scVI``); the steps before it are then not varied.
    labels_only
        Leave the matrix alone and answer question 3 only; for files whose matrix cannot be used.
    within
        Audit only the cells with these values: ``{"cell_type": "CD4 T"}``. The other cells get missing values.
    pipeline
        Settings that made `labels`, where known: ``{"n_pcs": 30}``; by default the closest pipeline stands in.
    budget
        ``"quick"``, ``"default"`` or ``"full"``.
    multiverse
        Levels by choice in place of those of the budget, default first: ``{"n_pcs": [30, 50]}``.
    clusterers
        More clusterers, each in a branch of its own: names (``"ward"``), functions of yours as ``"module:function"``,
        or (with ``n_jobs=1``) the functions themselves; see `rashomon.cluster.user_clusterer`.
    max_pipelines
        Most pipelines; where there are more, a balanced fraction of so many is drawn. Each is run at every resolution
        and seed, which are not counted.
    n_replicates
        Repeats of each perturbation.
    n_jobs
        Worker processes; 0 = all cores, 1 = this process. The result does not depend on it.
    key_added
        Prefix of the new columns.
    store
        Folder in which finished runs are kept, so that an interrupted audit goes on; None keeps them in memory.
    source
        Name of the data in tables and reports.
    call
        What else to put on record beside these arguments, in JSON types.
    announce, progress
        Receive the plan in words, and progress events; both are written to standard error by default. Pass
        `rashomon.core.silent` for none.
    rng
        Root of all random numbers.

    Returns
    -------
    Answers and tables. `adata` gains ``obs[f"{key_added}_stability"]`` (float in [0, 1]),
    ``obs[f"{key_added}_verdict"]`` and, where no labels were given, ``obs[f"{key_added}_labels"]`` (categorical), and
    ``uns["rashomon"]``.

    Raises
    ------
    InputError
        When the data cannot be used; nothing has been changed then.
    UsageError
        When an argument is wrong, or a column of ours would overwrite one that is not.
    """
    mask = rows_within(adata.obs, within or {}, source=source)
    part = adata if mask.all() else adata[mask].copy()
    dataset = io.from_anndata(
        part,
        truths=_with_words(truths, unassigned, adata.uns),
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        condition_key=condition_key,
        layer=layer,
        use_rep=use_rep,
        with_expression=not labels_only,
        source=source,
    )
    dataset = replace(dataset, rows=log_within(dataset.rows, adata.obs_names, mask))
    # a clash must be found before the work, not after it
    slim = adata[:, :0].copy()
    blank = pd.DataFrame(index=slim.obs_names, columns=["stability", "verdict", "labels"])
    io.annotate(slim, blank, key_added=key_added)
    options = study.AuditOptions(
        budget=budget,
        pipeline=pipeline,
        use_rep=use_rep,
        multiverse=multiverse or {},
        clusterers=[_clusterer(each) for each in clusterers or ()],
        max_pipelines=max_pipelines,
        n_replicates=n_replicates,
        rng=rng,
        engine=Engine("serial" if n_jobs == 1 else "processes", n_jobs, progress or lines()),
        store=MemoryStore() if store is None else DirectoryStore(store),
        coordinates=_coordinates(part),
        call={
            "layer": layer,
            "unassigned": list(unassigned),
            "labels_only": labels_only,
            "within": dict(within) if within else None,
            **dict(call or {}),
        },
        announce=announce,
    )
    for line in dataset.rows.lines():
        announce(line)
    found = study.audit(dataset, _judged(dataset, labels, unassigned), options=options)
    study.write_slots(adata, found, rows=mask, key_added=key_added)
    return found


def _clusterer(given: str | Callable[..., Any] | Step) -> str | Step:
    if isinstance(given, Step) or (isinstance(given, str) and ":" not in given):
        return given
    return user_clusterer(given)


def _with_words(
    truths: Sequence[str | TruthSpec], unassigned: Sequence[str], uns: Mapping[str, Any]
) -> list[TruthSpec]:
    """Return the declared truths, each with the words that mean "no class"."""
    return [replace(spec, unassigned=(*spec.unassigned, *unassigned)) for spec in specs(truths, uns=uns)]


def _judged(dataset: Dataset, labels: str | None, unassigned: Sequence[str]) -> Judged | None:
    return None if labels is None else Judged.from_column(dataset, labels, unassigned=unassigned)


def _coordinates(adata: AnnData) -> tuple[np.ndarray, str] | None:
    """Return the first two columns of the file's own UMAP or t-SNE, for drawing only."""
    for name, values in adata.obsm.items():
        drawn = any(word in str(name).casefold() for word in ("umap", "tsne"))
        if drawn and isinstance(values, np.ndarray) and values.ndim == 2 and values.shape[1] >= 2:
            return np.asarray(values[:, :2], dtype=np.float32), str(name)
    return None


def audit_to(adata: AnnData, *, out: Path | str, source: str, arguments: Mapping[str, Any]) -> study.Audit:
    """Audit `adata` into a study directory: tables, figures, report, annotated copy.

    Parameters
    ----------
    adata
        The data; columns are added to it.
    out
        Folder, new or ours; finished runs found there are reused.
    source
        Name of the data in tables and reports.
    arguments
        Arguments of `audit`.

    Returns
    -------
    What `audit` returns.
    """
    folder = study.check_directory(out)
    found = audit(adata, source=source, store=folder / study.ARTEFACTS, **arguments)
    _write_study(found, folder)
    for note in io.write(adata, folder / "annotated.h5ad"):
        arguments.get("announce", say)(note)
    return found


def _write_study(found: study.Audit, folder: Path) -> None:
    study.write_directory(found, folder)
    report.figures(found, folder / "figures")
    publish_text(folder / "methods.txt", report.methods(found) + "\n")
    report.write(found, folder / "report.html")


def audit_file(
    file: Path | str, *, out: Path | str, labels_from: Path | str | None = None, arguments: Mapping[str, Any]
) -> study.Audit:
    """Audit a file into a study directory; the file itself is never written to.

    Parameters
    ----------
    file
        ``.h5ad``, ``.zarr``, ``.h5mu``, or a table of labels (then only question 3 is answered).
    out
        Folder, new or ours.
    labels_from
        Table of labels to add to the cells of `file`; its columns can then be named.
    arguments
        Arguments of `audit`.

    Returns
    -------
    What `audit` returns.

    Raises
    ------
    UsageError
        When the folder is not ours, or both tables have a column of the same name.
    """
    if io.identify(Path(file)) == "table":
        return _audit_table(Path(file), study.check_directory(out), {"labels_from": labels_from, **arguments})
    adata = io.read_adata(file)
    if labels_from is not None:
        added, notes = io.align_labels(io.read_labels_csv(labels_from), adata.obs_names.to_numpy(dtype=str))
        for note in notes:
            arguments.get("announce", say)(note)
        for name in added:
            if name in adata.obs:
                raise UsageError(
                    f"both tables have a column {name!r}", where=str(labels_from), fix="rename one of them"
                )
            adata.obs[name] = added[name].to_numpy()
    call = {"labels_from": None if labels_from is None else Path(labels_from).name}
    return audit_to(adata, out=out, source=Path(file).name, arguments={**arguments, "call": call})


def plan_file(file: Path | str, *, arguments: Mapping[str, Any]) -> list[str]:
    """Return what an audit of a file would run and cost, as lines: the tree of choices, time and memory.

    A few pipelines are run to learn how long each step takes; nothing is written.

    Parameters
    ----------
    file
        As in `audit_file`.
    arguments
        Arguments of `audit`.

    Returns
    -------
    Lines to print.

    Raises
    ------
    UsageError
        When the file is a table of labels.
    """
    if io.identify(Path(file)) == "table":
        raise UsageError("a table of labels has no multiverse", where=Path(file).name, fix="give a file with a matrix")
    given, adata = dict(arguments), io.read_adata(file)
    within = given.get("within") or {}
    part = adata[rows_within(adata.obs, within, source=Path(file).name)].copy() if within else adata
    keys = ("donor_key", "batch_key", "condition_key", "layer", "use_rep")
    named: dict[str, Any] = {key: given.get(key) for key in keys}
    dataset = io.from_anndata(part, source=Path(file).name, **named)
    options = study.AuditOptions(
        budget=given.get("budget", "quick"),
        use_rep=given.get("use_rep"),
        multiverse=given.get("multiverse") or {},
        clusterers=[_clusterer(each) for each in given.get("clusterers") or ()],
        max_pipelines=given.get("max_pipelines"),
        engine=Engine("serial" if given.get("n_jobs") == 1 else "processes", given.get("n_jobs", 0)),
        rng=given.get("rng", 0),
    )
    return study.foresee(dataset, _judged(dataset, given.get("labels"), ()), options=options)


def _audit_table(file: Path, folder: Path, arguments: Mapping[str, Any]) -> study.Audit:
    useless = [name for name in _NEED_CELLS if arguments.get(name) is not None]
    if useless:
        raise UsageError(
            f"{useless[0]} has no effect on a table of labels", where=file.name, fix=f"leave {useless[0]} out"
        )
    dataset = io.read(
        file,
        truths=_with_words(arguments.get("truths", ()), arguments.get("unassigned", ()), {}),
        donor_key=arguments.get("donor_key"),
        batch_key=arguments.get("batch_key"),
        condition_key=arguments.get("condition_key"),
    )
    if arguments.get("labels") is None:
        raise UsageError(
            "a table of labels has nothing to cluster", where=file.name, fix="name the labels to judge with --labels"
        )
    words = arguments.get("unassigned", ())
    options = study.AuditOptions(rng=arguments.get("rng", 0), call={"unassigned": list(words)})
    found = study.audit(dataset, _judged(dataset, arguments["labels"], words), options=options)
    _write_study(found, folder)
    return found


def compare_truths(
    file: Path | str,
    truths: Sequence[str],
    *,
    donor_key: str | None = None,
    unassigned: Sequence[str] = (),
    out: Path | str | None = None,
    rng: RNGLike = 0,
) -> pd.DataFrame:
    """Return how each pair of label columns of a file relates, see `rashomon.truth.RELATION_COLUMNS`.

    Parameters
    ----------
    file
        As in `audit_file`.
    truths
        Two or more label columns, written as in `audit`; derived ones as ``NAME=RECIPE(...)``.
    donor_key
        Column of donors: with six or more, intervals are over donors.
    unassigned
        Words that mean "no class", as in `audit`.
    out
        Folder, new or ours, for a page, an alluvial plot and the tables; by default nothing is written.
    rng
        Root of the half-samples.

    Raises
    ------
    UsageError
        When fewer than two columns are named, or the folder is not ours.
    """
    if len(truths) < 2:
        raise UsageError("fewer than two label columns", where="--truth", fix="name two or more: --truth A --truth B")
    folder = None if out is None else study.check_directory(out)
    dataset = _labels_of(Path(file), truths, donor_key, unassigned)
    table = compare(dataset, rng=rng)
    if folder is not None:
        call = {
            "truths": list(truths),
            "donor_key": donor_key,
            "unassigned": list(unassigned),
            "rng": rng if isinstance(rng, int) else None,
        }
        report.write_relations(dataset.truths, table, folder, source=dataset.source, call=call)
    return table


def markers(
    adata: AnnData,
    labels: str,
    *,
    pipeline: Mapping[str, Level] | None = None,
    donor_key: str | None = None,
    layer: str | None = None,
    unassigned: Sequence[str] = (),
    rng: RNGLike = 0,
) -> Markers:
    """Return the genes that mark each cluster of the column `labels`, tested on counts that no label has seen.

    The other arguments are those of `audit` (`adata`, `pipeline`, `donor_key`, `layer`, `unassigned`, `rng`); nothing
    is written. ``clusters`` says of each cluster whether the test is circular, and why where it has no marker.
    """
    dataset = io.from_anndata(adata, donor_key=donor_key, layer=layer)
    judged = Judged.from_column(dataset, labels, unassigned=unassigned)
    return study.find_markers(dataset, judged, pipeline=pipeline, rng=rng)


def tripwires(
    adata: AnnData,
    labels: str | None = None,
    *,
    truths: Sequence[str | TruthSpec] = (),
    unassigned: Sequence[str] = (),
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    layer: str | None = None,
) -> pd.DataFrame:
    """Return what every trip-wire says of `adata`, those that fired first; nothing is clustered or written.

    Arguments are those of `audit`: `labels` (without them, wires on clusters are not computable), `truths`,
    `unassigned`, `donor_key`, `batch_key`, `sample_key`, `layer`.
    """
    dataset = io.from_anndata(
        adata,
        truths=_with_words(truths, unassigned, adata.uns),
        donor_key=donor_key,
        batch_key=batch_key,
        sample_key=sample_key,
        layer=layer,
    )
    return trip(dataset, _judged(dataset, labels, unassigned))


def _labels_of(file: Path, truths: Sequence[str], donor_key: str | None, unassigned: Sequence[str]) -> Dataset:
    """Read the labels of a file; its matrix is left alone."""
    if io.identify(file) == "table":
        return io.read(file, truths=_with_words(truths, unassigned, {}), donor_key=donor_key)
    adata = io.read_adata(file)
    words = _with_words(truths, unassigned, adata.uns)
    return io.from_anndata(adata, truths=words, donor_key=donor_key, with_expression=False, source=file.name)
