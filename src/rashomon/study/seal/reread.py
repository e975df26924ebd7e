"""The data of a study, read again as its spec says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rashomon import io
from rashomon.ask import Judged
from rashomon.ask.confounding.dag import parse_arrows
from rashomon.core import UsageError
from rashomon.dataset import Dataset, unique_receptors
from rashomon.io.within import rows_within
from rashomon.study.option import AuditOptions
from rashomon.study.receptor import with_gene_controls

__all__ = ["OWN", "find_data", "options_of", "reread", "why_not"]

OWN = "the default pipeline"
"""Name of labels that the study made itself."""


def find_data(folder: Path, spec: Mapping[str, Any], data: Path | None) -> Path:
    """Return the data file of a study.

    Parameters
    ----------
    folder
        The study.
    spec
        The resolved spec, which names the file.
    data
        Where it is; by default it is looked for beside the study and in it.

    Raises
    ------
    UsageError
        ``seal.data`` when it is not there.
    """
    name = Path(str(spec.get("source") or "")).name
    places = [data] if data is not None else [place / name for place in (folder.parent, folder) if name]
    for place in places:
        if place.exists():
            return place
    raise UsageError(
        f"the data file {name or 'of the study'} is not there" if data is None else f"there is no file {data.name}",
        where=str(data or folder.parent),
        expected="the file that the study was made from",
        fix="give its path with --data",
        code="seal.data",
    )


def why_not(spec: Mapping[str, Any]) -> str:
    """Return why no run of a study can be computed again here; empty where it can.

    Parameters
    ----------
    spec
        The resolved spec.
    """
    if not {"source", "labels", "rng", "budget", "roles"} <= set(spec):
        return "the spec is not that of an audit"
    if spec.get("labels_only"):
        return "only labels were judged, and no run was made"
    own = [each for each in (*spec.get("clusterers", ()), *spec.get("steps", ())) if _is_own(each)]
    if own:
        named = ", ".join(each if isinstance(each, str) else str(each[1]) for each in own)
        return f"it needs functions of its author ({named}), and nothing that a folder names is executed"
    return ""


def _is_own(step: Any) -> bool:
    """Whether a step is not one of the catalogue, which has plain names."""
    return not isinstance(step, str) or ":" in step


def options_of(spec: Mapping[str, Any]) -> AuditOptions:
    """Return the options of an audit from its resolved `spec`."""
    dag = spec.get("dag")
    return AuditOptions(
        budget=spec["budget"],
        pipeline=spec.get("pipeline"),
        use_rep=spec.get("use_rep"),
        multiverse=spec.get("multiverse") or {},
        clusterers=spec.get("clusterers") or (),
        max_pipelines=spec.get("max_pipelines"),
        dag=None if dag is None else parse_arrows(dag),
        n_replicates=spec["n_replicates"],
        perturbations=tuple(spec.get("perturbations") or ()),
        repeat_all=bool(spec.get("repeat_all")),
        rng=spec["rng"],
    )


def reread(file: Path, spec: Mapping[str, Any]) -> tuple[Dataset, Judged | None]:
    """Return rows, matrix and roles of a study from its data file, and the labels on trial.

    Truths are not read: no run of a pipeline looks at one. Of receptors, the labels on trial are not read either.

    Parameters
    ----------
    file
        The data.
    spec
        The resolved spec.

    Raises
    ------
    InputError
        When the file cannot be used.
    UsageError
        When a column is not there.
    """
    roles = {f"{role}_key": name for role, name in spec["roles"].items()}
    within = spec.get("within") or {}
    if spec.get("item") == "receptor":
        return _receptors(file, within, roles), None
    adata = io.read_adata(file)
    if spec.get("labels_from"):
        _add_labels(adata, file.parent / Path(str(spec["labels_from"])).name)
    if within:
        adata = adata[rows_within(adata.obs, within, source=file.name)].copy()
    named = {"layer": spec.get("layer"), "use_rep": spec.get("use_rep"), **roles}
    dataset = io.from_anndata(adata, truths=[], source=file.name, **named)
    name = str(spec["labels"])
    if name == OWN or name not in dataset.obs:
        return dataset, None
    return dataset, Judged.from_column(dataset, name, unassigned=spec.get("unassigned") or ())


def _add_labels(adata: Any, table: Path) -> None:
    if not table.exists():
        raise UsageError(
            f"the table of labels {table.name} is not there",
            where=str(table.parent),
            expected="it lies beside the data",
            fix="put it there",
            code="seal.data",
        )
    added, _ = io.align_labels(io.read_labels_csv(table), adata.obs_names.to_numpy(dtype=str))
    for name in added:
        adata.obs[name] = added[name].to_numpy()


def _receptors(file: Path, within: Mapping[str, Any], roles: Mapping[str, Any]) -> Dataset:
    if io.receptor_format(file) is not None:
        rows = io.read_receptors(file, truths=None, within=within, **roles)
    else:
        cells = io.read_cells(file)
        part = cells[rows_within(cells.obs, within, source="obs")] if within else cells
        rows = io.receptors_of_cells(part, source=file.name, truths=None, **roles)
    return with_gene_controls(unique_receptors(rows)[0])
