"""The report of a study that was moved, or whose page was lost: written anew from its finished runs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from rashomon import report
from rashomon.core import StoreError, Teller, UsageError, publish_text, say
from rashomon.engine import DirectoryStore, Engine, MemoryStore, Record
from rashomon.engine.record import read_record
from rashomon.study import ARTEFACTS
from rashomon.study.benchmark import run_benchmark
from rashomon.study.spec import AuditSpec, BenchmarkSpec, audit_arguments, parse_spec, resolve_spec
from rashomon.tl.file import audit_again
from rashomon.tl.session import STUDY_FILE

__all__ = ["report_study"]


class _ReadOnly(MemoryStore):
    """Records of a study that stays as it is; what is missing is computed and kept in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._kept = DirectoryStore(folder)

    def get(self, key: str, slots: Iterable[str]) -> Record | None:
        found = super().get(key, slots)
        if found is None and self._kept.file(key).exists():
            # a damaged one stays where it is, and is computed again
            with suppress(StoreError):
                self.put(key, read_record(self._kept.file(key)))
            found = super().get(key, slots)
        return found


def report_study(
    folder: Path | str, *, out: Path | str | None = None, data: Path | str | None = None, announce: Teller = say
) -> Path:
    """Write the report of a study anew; the study itself is only read, and may be on media that cannot be written to.

    Parameters
    ----------
    folder
        The study, wherever it is.
    out
        The page; ``report.html`` beside the folder, with its name in front, when None.
    data
        The data of an audit; looked for beside the folder and in it when None.
    announce
        Receives remarks.

    Returns
    -------
    The path of the page.

    Raises
    ------
    UsageError
        When the folder holds no study file, or the data are not found.
    """
    home = Path(folder).resolve()
    target = Path(out) if out is not None else home.parent / f"{home.name}_report.html"
    if not (home / STUDY_FILE).exists():
        raise UsageError(
            f"{home.name} holds no {STUDY_FILE}",
            where=str(folder),
            expected="the folder of a study that was run from a file",
            fix="its page is report.html; to write another, run the study again",
            code="store.folder",
        )
    spec, _ = parse_spec((home / STUDY_FILE).read_bytes(), name=STUDY_FILE)
    store = _ReadOnly(home / ARTEFACTS)
    if isinstance(spec, BenchmarkSpec):
        engine = Engine("serial")
        found = run_benchmark(
            spec, folder=home, store=store, engine=engine, announce=announce, resolved=resolve_spec(spec)
        )
        publish_text(target, report.benchmark(found))
        return target
    file = _data(spec, home, None if data is None else Path(data))
    named = audit_arguments(spec, file.parent)
    audit = audit_again(
        file, store=store, labels_from=named["labels_from"], arguments={**named["arguments"], "announce": announce}
    )
    report.write(audit, target)
    return target


def _data(spec: AuditSpec, home: Path, given: Path | None) -> Path:
    name = Path(spec.data.file).name
    places = [given] if given is not None else [home.parent / spec.data.file, home.parent / name, home / name]
    for place in places:
        if place.exists():
            return place
    raise UsageError(
        f"the data file {name} is not there",
        where=str(given or home.parent),
        expected="the file that the study was made from",
        fix="give its path with --data",
        code="seal.data",
    )
