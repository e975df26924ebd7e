"""All findings about a file at once: where the door stops at the first, the doctor goes on with what can be judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rashomon.core import InputError
from rashomon.io.checksum import verify
from rashomon.io.container import identify
from rashomon.io.convert import from_anndata, from_labels
from rashomon.io.environment import environment_findings
from rashomon.io.finding import Finding, collected, from_note
from rashomon.io.isolate import Limits, checked_copy
from rashomon.io.kind import classify
from rashomon.io.label import read_labels_csv
from rashomon.io.layout import layout_checks
from rashomon.io.matrix import BUDGET, check_values, to_csr
from rashomon.io.read import anndata_of
from rashomon.io.receptor.read import read_receptors
from rashomon.io.receptor.sniff import receptor_format
from rashomon.truth import check_labels, label_column

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["examine", "shown"]


def examine(path: Path | str | None = None, *, memory_budget: int = BUDGET) -> tuple[Finding, ...]:
    """Return what is worth knowing about this installation or, where `path` is given, about a file.

    Parameters
    ----------
    path
        File as in `read`; None for the installation and the machine.
    memory_budget
        Bytes, see `read`.

    Returns
    -------
    Findings: errors are what makes `read` refuse the file, warnings what its row log would say. Nothing in the file can
    make this fail.
    """
    if path is None:
        return environment_findings()
    file, found = Path(path), list[Finding]()
    with collected(found):
        if receptor_format(file) is not None:
            dataset = read_receptors(file, memory_budget=memory_budget)
            found += map(from_note, dataset.rows.notes)
            found += _columns(dataset.obs)
        elif identify(file) == "table":
            _examine_table(file, found, memory_budget)
        else:
            _examine_object(file, found, memory_budget)
    if not any(finding.level == "error" for finding in found):
        found.append(Finding("ok", file.name, "can be audited"))
    return tuple(dict.fromkeys(found))


def _examine_table(file: Path, found: list[Finding], budget: int) -> None:
    labels = read_labels_csv(file, memory_budget=budget)
    dataset = from_labels(labels, source=file.name)
    found += map(from_note, dataset.rows.notes)
    found += _columns(dataset.obs)


def _examine_object(file: Path, found: list[Finding], budget: int) -> None:
    import h5py

    with checked_copy(file, container=identify(file), limits=Limits(budget)) as checked:
        found += map(from_note, checked.notes)
        with collected(found):
            found.append(from_note(verify(file, checked.digest)))
        try:
            with h5py.File(checked.copy, "r") as root:
                for check in layout_checks(root, where=file.name, budget=budget):
                    with collected(found):
                        check()
        except (KeyError, TypeError, ValueError, AttributeError, OSError):
            # parts that the checks ask for are absent or of another kind: reading says so in its own words
            pass
        adata = anndata_of(checked.copy, name=file.name, budget=budget)
    _examine_content(adata, file.name, found, budget)


def _examine_content(adata: AnnData, name: str, found: list[Finding], budget: int) -> None:
    for slot, matrix, names in _slots(adata):
        with collected(found):
            checked = to_csr(matrix, slot=slot, shape=matrix.shape, budget=budget)
            kind = classify(checked.x) if np.isfinite(checked.x.data).all() else "not finite"
            found.append(Finding("ok", slot, f"{matrix.shape[0]} x {matrix.shape[1]}, {kind}"))
            check_values(checked, obs_names=np.asarray(adata.obs_names), var_names=names)
    # scaled values in one slot are no error where another can be used: the door decides
    door: list[Finding] = []
    with collected(door):
        found += map(from_note, from_anndata(adata, source=name, memory_budget=budget).rows.notes)
    if not door:
        found[:] = [_softened(finding) for finding in found]
    found += door
    found += _columns(adata.obs)


def _softened(finding: Finding) -> Finding:
    if finding.level != "error" or not finding.code.startswith("matrix."):
        return finding
    return Finding("warning", finding.where, f"{finding.what}; not used", finding.code, finding.fix)


def _slots(adata: AnnData) -> Iterator[tuple[str, Any, np.ndarray]]:
    names = np.asarray(adata.var_names)
    if adata.X is not None:
        yield "X", adata.X, names
    for layer, values in adata.layers.items():
        yield f"layers[{layer!r}]", values, names
    if adata.raw is not None:
        yield "raw.X", adata.raw.X, np.asarray(adata.raw.var_names)


def _columns(obs: Any) -> Iterator[Finding]:
    for name in map(str, obs.columns):
        where = f"obs[{name!r}]"
        try:
            values = label_column(obs, name)
            notes = check_labels(values, where=where)
        except InputError as error:
            yield Finding("ok", where, f"no truth: {error.what}", error.code)
            continue
        n = values.nunique()
        yield Finding("ok", where, "; ".join([f"{n} classes", *(note.removeprefix(f"{where}: ") for note in notes)]))


def shown(findings: Iterable[Finding], *, width: int = 100) -> list[str]:
    """Return findings as lines of text, errors first.

    Parameters
    ----------
    findings
        What `examine` returned.
    width
        Columns of text; longer findings go on below.

    Examples
    --------
    >>> shown([Finding("ok", "X", "counts"), Finding("error", "obs", "too short", "file.layout", "write it again")])
    ['error    obs  too short', '              rashomon explain file.layout; write it again', 'ok       X    counts']
    """
    import textwrap

    listed = list(findings)
    order = ("error", "warning", "ok")
    column = max((min(len(finding.where), 28) for finding in listed), default=0)
    lines: list[str] = []
    for finding in sorted(listed, key=lambda finding: order.index(finding.level)):
        head, rest = f"{finding.level:<7}  {finding.where:<{column}}  ", " " * (column + 11)
        text = textwrap.wrap(finding.what, width=max(width - len(rest), 30), break_long_words=False) or [""]
        lines.append((head + text[0]).rstrip())
        lines += [rest + part for part in text[1:]]
        advice = [f"rashomon explain {finding.code}" if finding.code else "", finding.fix]
        if finding.level != "ok" and any(advice):
            lines.append(rest + "; ".join(part for part in advice if part))
    return lines
