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
from rashomon.study.directory import STUDY_FILE
from rashomon.study.seal.ledger_fact import ledger_rows
from rashomon.study.spec import BenchmarkSpec, audit_arguments, parse_spec, resolve_spec
from rashomon.tl.file import audit_again

__all__ = ["report_study"]


class _ReadOnly(MemoryStore):
    """Records of a study that stays as it is; what is missing is computed and kept in memory.

    What failed is not tried again: it may take down the process, and the page says why it failed then.
    """

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._kept = DirectoryStore(home / ARTEFACTS)
        rows = ledger_rows(home, "record")
        self._failed = {row["key"]: row["reason"] for row in rows if row["status"] == "failed"}

    def get(self, key: str, slots: Iterable[str]) -> Record | None:
        if key in self._failed:
            return Record(status="failed", reason=self._failed[key])
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
        The data of an audit, beside which its table of labels may lie; looked for beside the folder and in it when
        None.
    announce
        Receives remarks.

    Returns
    -------
    The path of the page.

    Raises
    ------
    UsageError
        When the folder holds no study file, the data are not found, or data are given for a benchmark, which draws
        its own.
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
    store = _ReadOnly(home)
    if isinstance(spec, BenchmarkSpec):
        if data is not None:
            raise UsageError("data has no effect on a benchmark", where=str(data), fix="leave it out")
        found = run_benchmark(
            spec,
            folder=_world_folder(spec, home),
            store=store,
            engine=Engine("serial"),
            announce=announce,
            resolved=resolve_spec(spec),
        )
        publish_text(target, report.benchmark(found))
        return target
    file = _found(spec.data.file, home, None if data is None else Path(data))
    more = spec.data.labels_from
    labels_from = None if more is None else _found(more, home, None if data is None else file.parent / Path(more).name)
    arguments = audit_arguments(spec, home.parent)["arguments"]
    audit = audit_again(file, store=store, labels_from=labels_from, arguments={**arguments, "announce": announce})
    report.write(audit, target)
    return target


def _world_folder(spec: BenchmarkSpec, home: Path) -> Path:
    """Return where the file of a world is sought: beside the study file when it was run, or in the study."""
    return home if (home / spec.data.worlds.world).exists() else home.parent


def _found(named: str, home: Path, given: Path | None) -> Path:
    """Return a file that a study read: where the user says, or beside or in the study."""
    name = Path(named).name
    places = [given] if given is not None else [home.parent / named, home.parent / name, home / name]
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
