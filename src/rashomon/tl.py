"""Tools on AnnData objects and files: read slots, call a room, write slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData

from rashomon import io, report, study
from rashomon.ask import Judged
from rashomon.core import Listener, RNGLike, Teller, UsageError, lines, publish_text, say
from rashomon.core.labels import encode_labels
from rashomon.core.slots import NAMESPACE, RESERVED_LABELS, column
from rashomon.dataset import Dataset
from rashomon.engine import DirectoryStore, Engine, MemoryStore
from rashomon.multiverse import Budget, Level
from rashomon.truth import TruthSpec, check_labels, label_column, relations, specs

__all__ = ["audit", "audit_file", "audit_to", "compare_truths", "parse_pipeline"]


_NEED_CELLS = ("labels_from", "use_rep", "pipeline", "layer")
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
    pipeline: Mapping[str, Level] | None = None,
    budget: Budget = "quick",
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
    pipeline
        Settings that made `labels`, where known: ``{"n_pcs": 30}``; by default the closest pipeline stands in.
    budget
        ``"quick"`` or ``"default"``.
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
    dataset = io.from_anndata(
        adata,
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
    # a clash must be found before the work, not after it
    slim = adata[:, :0].copy()
    blank = pd.DataFrame(index=slim.obs_names, columns=["stability", "verdict", "labels"])
    io.annotate(slim, blank, key_added=key_added)
    options = study.AuditOptions(
        budget=budget,
        pipeline=pipeline,
        use_rep=use_rep,
        n_replicates=n_replicates,
        rng=rng,
        engine=Engine("serial" if n_jobs == 1 else "processes", n_jobs, progress or lines()),
        store=MemoryStore() if store is None else DirectoryStore(store),
        coordinates=_coordinates(adata),
        call={"layer": layer, "unassigned": list(unassigned), "labels_only": labels_only, **dict(call or {})},
        announce=announce,
    )
    for line in dataset.rows.lines():
        announce(line)
    found = study.audit(dataset, _judged(dataset, labels, unassigned), options=options)
    _write_slots(adata, found, key_added=key_added)
    return found


def _with_words(
    truths: Sequence[str | TruthSpec], unassigned: Sequence[str], uns: Mapping[str, Any]
) -> list[TruthSpec]:
    """Return the declared truths, each with the words that mean "no class"."""
    return [replace(spec, unassigned=(*spec.unassigned, *unassigned)) for spec in specs(truths, uns=uns)]


def _judged(dataset: Dataset, labels: str | None, unassigned: Sequence[str]) -> Judged | None:
    if labels is None:
        return None
    words = RESERVED_LABELS | set(unassigned)
    values = label_column(dataset.obs, labels)
    check_labels(values, where=f"obs[{labels!r}]", unassigned=words)
    codes, categories = encode_labels(values, unassigned=words)
    return Judged(labels, codes, categories, own=True)


def _coordinates(adata: AnnData) -> tuple[np.ndarray, str] | None:
    """Return the first two columns of the file's own UMAP or t-SNE, for drawing only."""
    for name, values in adata.obsm.items():
        drawn = any(word in str(name).casefold() for word in ("umap", "tsne"))
        if drawn and isinstance(values, np.ndarray) and values.ndim == 2 and values.shape[1] >= 2:
            return np.asarray(values[:, :2], dtype=np.float32), str(name)
    return None


def _write_slots(adata: AnnData, found: study.Audit, *, key_added: str) -> None:
    columns = {
        "stability": found.cells["stability"].to_numpy(),
        "verdict": pd.Categorical(found.cells["verdict"].replace("", None)),
    }
    if not found.judged.own:
        columns["labels"] = pd.Categorical(found.cells["label"].replace("", None), found.judged.categories)
    facts = {
        "spec": dict(found.spec),
        "environment": dict(found.environment),
        "answers": {name: str(answer) for name, answer in found.answers.items()},
    }
    slim = adata[:, :0].copy()
    frame = pd.DataFrame(columns, index=slim.obs_names)
    annotated = io.annotate(slim, frame, uns=facts, key_added=key_added)
    for name in columns:
        target = column(name, key_added=key_added)
        # from the frame, because a table of results has lost its categories; by place, because names may be numbers
        adata.obs[target] = frame[name].array
    adata.uns[NAMESPACE] = annotated.uns[NAMESPACE]


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
    io.write(adata, folder / "annotated.h5ad")
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


def compare_truths(file: Path | str, truths: Sequence[str]) -> pd.DataFrame:
    """Return how each pair of label columns of a file relates: agreement, nesting, classes.

    Parameters
    ----------
    file
        As in `audit_file`.
    truths
        Two or more label columns, written as in `audit`.

    Raises
    ------
    UsageError
        When fewer than two columns are named.
    """
    if len(truths) < 2:
        raise UsageError("fewer than two label columns", where="--truth", fix="name two or more: --truth A --truth B")
    return relations(io.read(file, truths=truths, with_expression=False).truths)


def parse_pipeline(texts: Sequence[str]) -> dict[str, Level] | None:
    """Return the settings in `texts`, written as ``CHOICE=LEVEL``; numbers become numbers. None when there are none.

    Raises
    ------
    UsageError
        When one has no ``=``.

    Examples
    --------
    >>> parse_pipeline(["n_pcs=30", "scale=none"])
    {'n_pcs': 30, 'scale': 'none'}
    """
    pairs = [text.partition("=") for text in texts]
    wrong = [name for name, separator, _ in pairs if not separator]
    if wrong:
        raise UsageError(f"{wrong[0]!r} is not a setting", where="--pipeline", expected="CHOICE=LEVEL", fix="n_pcs=30")
    return {name.strip(): _level(level.strip()) for name, _, level in pairs} or None


def _level(text: str) -> Level:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
