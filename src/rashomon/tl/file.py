"""The audit of a file, into a study directory; and what it would cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashomon import io, report, study
from rashomon.ask.confounding.dag import parse_arrows
from rashomon.core import Teller, UsageError, publish_text, say
from rashomon.engine import Engine, Store
from rashomon.io.within import rows_within
from rashomon.tl.argument import as_clusterer, as_step, judged_column, with_words
from rashomon.tl.audit import audit
from rashomon.tl.paired import expression_of, read_both
from rashomon.tl.receptor import audit_receptors, plan_receptors
from rashomon.tl.session import Occasion, chosen_engine, session
from rashomon.tl.study_text import study_text

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

__all__ = ["audit_again", "audit_file", "audit_to", "plan_file"]

Made = tuple[study.Audit, "AnnData | None"]
"""An audit, and the cells that gained columns."""

_NEED_MATRIX = ("labels_from", "use_rep", "layer", "labels_only", "steps")
"""Arguments that mean nothing for receptors."""

_NEED_CELLS = (
    "labels_from", "use_rep", "pipeline", "layer", "within", "multiverse", "clusterers", "steps", "max_pipelines",
)  # fmt: skip
"""Arguments that mean nothing where there is only a table of labels."""


def audit_to(
    adata: AnnData | MuData,
    *,
    out: Path | str,
    source: str,
    arguments: Mapping[str, Any],
    occasion: Occasion = Occasion(),  # noqa: B008 - immutable
) -> study.Audit:
    """Audit `adata` into a study directory: tables, figures, report, annotated copy.

    Parameters
    ----------
    adata
        The data; columns are added to it, or to the modality ``gex`` of a MuData.
    out
        Folder, new or ours; finished runs found there are reused.
    source
        Name of the data in tables and reports.
    arguments
        Arguments of `audit`.
    occasion
        What it is run for.

    Returns
    -------
    What `audit` returns.
    """

    def made(running: Mapping[str, Any]) -> Made:
        return audit(adata, source=source, **running), expression_of(adata)

    return _into(out, occasion, arguments, made)


def audit_file(
    file: Path | str,
    *,
    out: Path | str,
    labels_from: Path | str | None = None,
    arguments: Mapping[str, Any],
    occasion: Occasion = Occasion(),  # noqa: B008 - immutable
) -> study.Audit:
    """Audit a file into a study directory; the file itself is never written to.

    Parameters
    ----------
    file
        ``.h5ad``, ``.zarr``, ``.h5mu`` (expression; where cells also have receptors, with a paired part), a table of
        receptors (AIRR, 10x, BD Rhapsody, VDJdb-like: they are clustered by sequence), or a table of labels (then only
        question 3 is answered).
    out
        Folder, new or ours.
    labels_from
        Table of labels to add to the cells of `file`; its columns can then be named.
    arguments
        Arguments of `audit`.
    occasion
        What it is run for; its inputs are the files that are read, and its study file, where there is none, is written
        from the arguments.

    Returns
    -------
    What `audit` returns.

    Raises
    ------
    UsageError
        When the folder is not ours, or both tables have a column of the same name.
    """
    read = tuple(Path(each) for each in (file, labels_from) if each is not None)
    for each in read:
        # what cannot be read is refused by the door before anything, such as its digest, is taken of it
        if not each.exists() or io.receptor_format(each) is None:
            io.identify(each)
    text = occasion.spec_text or study_text(file, labels_from=labels_from, arguments=arguments)
    occasion = replace(occasion, inputs=(*read, *occasion.inputs), spec_text=text)
    return _into(
        out, occasion, arguments, lambda running: _made(Path(file), labels_from=labels_from, arguments=running)
    )


def audit_again(
    file: Path | str, *, store: Store, labels_from: Path | str | None = None, arguments: Mapping[str, Any]
) -> study.Audit:
    """Audit a file with the records of an earlier audit, in this process; nothing is written.

    Parameters
    ----------
    file, labels_from, arguments
        As in `audit_file`.
    store
        Holds the records.
    """
    running = {name: value for name, value in arguments.items() if name not in {"engine", "n_jobs", "progress"}}
    return _made(Path(file), labels_from=labels_from, arguments={**running, "store": store, "n_jobs": 1})[0]


def _into(
    out: Path | str, occasion: Occasion, arguments: Mapping[str, Any], make: Callable[[Mapping[str, Any]], Made]
) -> study.Audit:
    """Make an audit with runs that are kept in a study directory, and write all of it there."""
    given, announce = dict(arguments), arguments.get("announce", say)
    engine = chosen_engine(
        given.pop("engine", None), n_jobs=given.pop("n_jobs", 0), progress=given.pop("progress", None)
    )
    with session(out, occasion, engine=engine, announce=announce) as opened:
        found, adata = make({**given, "engine": opened.engine, "store": opened.store})
        study.write_directory(found, opened.folder)
        report.figures(found, opened.folder / "figures")
        publish_text(opened.folder / "methods.txt", report.methods(found) + "\n")
        report.write(found, opened.folder / "report.html")
        if adata is not None:
            for note in io.write(adata, opened.folder / "annotated.h5ad"):
                announce(note)
    return found


def _made(file: Path, *, labels_from: Path | str | None, arguments: Mapping[str, Any]) -> Made:
    """Return the audit of a file, and its cells with new columns where it has cells with expression."""
    given = {"labels_from": labels_from, **arguments}
    if given.pop("receptors", False) or io.receptor_format(file) is not None:
        return audit_receptors(file, **_for_receptors(file, given)), None
    if io.identify(file) == "table":
        return _of_table(file, given), None
    arguments = {name: value for name, value in arguments.items() if name != "receptors"}
    data = read_both(file)
    adata = expression_of(data)
    if labels_from is not None:
        _add_labels(adata, labels_from, announce=arguments.get("announce", say))
    call = {"labels_from": None if labels_from is None else Path(labels_from).name}
    return audit(data, source=file.name, **{**arguments, "call": call}), adata


def _add_labels(adata: AnnData, labels_from: Path | str, *, announce: Teller) -> None:
    """Add the columns of a table of labels to the cells that it names."""
    added, notes = io.align_labels(io.read_labels_csv(labels_from), adata.obs_names.to_numpy(dtype=str))
    for note in notes:
        announce(note)
    for name in added:
        if name in adata.obs:
            raise UsageError(f"both tables have a column {name!r}", where=str(labels_from), fix="rename one of them")
        adata.obs[name] = added[name].to_numpy()


def plan_file(file: Path | str, *, labels_from: Path | str | None = None, arguments: Mapping[str, Any]) -> list[str]:
    """Return what an audit of a file would run and cost, as lines: the tree of choices, time and memory.

    A few pipelines are run to learn how long each step takes; nothing is written.

    Parameters
    ----------
    file, labels_from
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
    if arguments.get("receptors") or io.receptor_format(file) is not None:
        return plan_receptors(file, **_for_receptors(Path(file), arguments))
    if io.identify(Path(file)) == "table":
        raise UsageError("a table of labels has no multiverse", where=Path(file).name, fix="give a file with a matrix")
    given, adata = dict(arguments), io.read_adata(file)
    if labels_from is not None:
        _add_labels(adata, labels_from, announce=given.get("announce", say))
    within, words = given.get("within") or {}, given.get("unassigned") or ()
    part = adata[rows_within(adata.obs, within, source=Path(file).name)].copy() if within else adata
    keys = ("donor_key", "batch_key", "sample_key", "condition_key", "layer", "use_rep")
    named: dict[str, Any] = {key: given.get(key) for key in keys}
    dataset = io.from_anndata(
        part,
        truths=with_words(given.get("truths"), words, io.namespace(adata.uns)),
        with_expression=not given.get("labels_only"),
        source=Path(file).name,
        **named,
    )
    judged = judged_column(dataset, given.get("labels"), words)
    if given.get("labels_only"):
        return ["labels alone: question 3 is answered, and nothing is clustered"]
    return study.foresee(dataset, judged, options=_plan_options(given))


def _plan_options(given: Mapping[str, Any]) -> study.AuditOptions:
    plain = ("budget", "pipeline", "use_rep", "max_pipelines", "n_replicates", "repeat_all", "rng")
    dag = given.get("dag")
    return study.AuditOptions(
        **{name: given[name] for name in plain if name in given},
        dag=None if dag is None else parse_arrows(dag),
        multiverse=given.get("multiverse") or {},
        clusterers=[as_clusterer(each) for each in given.get("clusterers") or ()],
        steps=[as_step(each) for each in given.get("steps") or ()],
        perturbations=tuple(given.get("perturbations") or ()),
        questions=tuple(given.get("questions") or ()),
        scores=tuple(given.get("scores") or ()),
        engine=Engine("serial" if given.get("n_jobs") == 1 else "processes", given.get("n_jobs", 0)),
    )


def _for_receptors(file: Path, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an audit of receptors; those that mean nothing there are refused."""
    useless = [name for name in _NEED_MATRIX if arguments.get(name)]
    if useless:
        raise UsageError(f"{useless[0]} has no effect on receptors", where=file.name, fix=f"leave {useless[0]} out")
    return {name: value for name, value in arguments.items() if name not in {*_NEED_MATRIX, "receptors"}}


def _of_table(file: Path, arguments: Mapping[str, Any]) -> study.Audit:
    useless = [name for name in _NEED_CELLS if arguments.get(name) is not None]
    if useless:
        raise UsageError(
            f"{useless[0]} has no effect on a table of labels", where=file.name, fix=f"leave {useless[0]} out"
        )
    dataset = io.read(
        file,
        truths=with_words(arguments.get("truths"), arguments.get("unassigned", ()), {}),
        donor_key=arguments.get("donor_key"),
        batch_key=arguments.get("batch_key"),
        condition_key=arguments.get("condition_key"),
    )
    if arguments.get("labels") is None:
        raise UsageError(
            "a table of labels has nothing to cluster", where=file.name, fix="name the labels to judge with --labels"
        )
    words = arguments.get("unassigned", ())
    dag = arguments.get("dag")
    options = study.AuditOptions(
        rng=arguments.get("rng", 0),
        dag=None if dag is None else parse_arrows(dag),
        call={"unassigned": list(words)},
    )
    return study.audit(dataset, judged_column(dataset, arguments["labels"], words), options=options)
