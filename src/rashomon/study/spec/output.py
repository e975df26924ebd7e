"""Where a study is written: beside its file unless said otherwise, and never over what it reads."""

from __future__ import annotations

from pathlib import Path

from rashomon.core import UsageError
from rashomon.study.spec.model import AuditSpec
from rashomon.study.spec.read import StudySpec

__all__ = ["study_folder"]

_SYSTEM = ("bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "usr")
"""First folders of paths that belong to the system."""


def study_folder(spec: StudySpec, path: Path | str, *, out: Path | str | None = None) -> Path:
    """Return the folder into which the study of a file goes.

    Parameters
    ----------
    spec, path
        The study and its file.
    out
        What the command line says; by default ``out`` of the study, or the name of its file with ``_study``.

    Raises
    ------
    UsageError
        ``spec.output`` when the folder is, or holds, what the study reads, lies inside of it, or is one of the system.

    Examples
    --------
    >>> from rashomon.study.spec.model import AuditSpec
    >>> spec = AuditSpec.model_validate({"rashomon": 1, "data": {"file": "a.h5ad"}})
    >>> study_folder(spec, "work/pbmc.yaml").name
    'pbmc_study'
    """
    file = Path(path)
    chosen = Path(out) if out is not None else file.parent / (spec.out or f"{file.stem}_study")
    real = chosen.resolve()
    if real == Path(real.anchor) or (len(real.parts) > 1 and real.parts[1] in _SYSTEM):
        raise _refusal(f"{chosen} is a folder of the system", chosen)
    for read in [file, *_inputs(spec, file.parent)]:
        inside = read.resolve()
        if real == inside or inside.is_relative_to(real):
            raise _refusal(f"the results would be written over {read.name}", chosen)
        if real.is_relative_to(inside):
            raise _refusal(f"the results would be written into {read.name}", chosen)
    return chosen


def _inputs(spec: StudySpec, folder: Path) -> list[Path]:
    if not isinstance(spec, AuditSpec):
        return []
    return [folder / name for name in (spec.data.file, spec.data.labels_from) if name is not None]


def _refusal(what: str, folder: Path) -> UsageError:
    return UsageError(
        what,
        where=str(folder),
        expected="a new folder of its own, or one that an earlier run wrote",
        fix="choose another folder with -o",
        code="spec.output",
    )
