"""Verify a study: every digest, the signature, and a sample of runs that are computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from rashomon.core import StoreError, UsageError
from rashomon.engine.record import read_record
from rashomon.partitions import read_partitions
from rashomon.study.directory import ARTEFACTS, SPEC
from rashomon.study.seal.manifest import MANIFEST, SIGNATURE, STATEMENT, Manifest, list_files
from rashomon.study.seal.rerun import rerun_runs
from rashomon.study.seal.signature import read_envelope, verify_signature
from rashomon.study.seal.statement import read_statement, statement_problems
from rashomon.study.seal.verification import Check, Verification

__all__ = ["UNSIGNED", "verify"]

UNSIGNED = "not signed: a change of files together with the manifest cannot be found"
_OTHER_SPEC = Check("runs", "not done", f"{SPEC} is not the one that was sealed, and says what to run")
_NO_KEY = "signed, and no key was given: a change of files together with the whole seal cannot be found"


def verify(
    folder: Path | str,
    *,
    key: Path | str | None = None,
    rerun: int = 0,
    data: Path | str | None = None,
    rng: np.random.Generator | None = None,
) -> Verification:
    """Check a study; nothing is written, and nothing found in it is executed.

    Parameters
    ----------
    folder
        The study, wherever it was moved.
    key
        Public key of the one who signed it.
    rerun
        How many runs, drawn at random, are computed again from the data without the store.
    data
        The data file; by default the one that the spec names, beside the study or in it.
    rng
        Draws the runs; needed where `rerun` is not 0.

    Returns
    -------
    What matches, what does not, and why.

    Raises
    ------
    UsageError
        When there is no such folder, `rerun` is negative or has no `rng`, the data file is not found, or the key is
        none.
    InputError
        When the data file cannot be read.
    """
    path = Path(folder)
    if not path.is_dir():
        raise UsageError(f"there is no study {path.name}", where=str(path), fix="give the folder of a study")
    if rerun < 0 or (rerun and rng is None):
        raise UsageError("runs are drawn at random", where="rerun", expected="0 or more, and rng=")
    checks = [_files(path), _statement(path), _signature(path, key), _records(path), _tables(path)]
    if rerun and rng is not None:
        other = any(problem.startswith(f"{SPEC} ") for problem in checks[0].problems)
        given = None if data is None else Path(data)
        checks.append(_OTHER_SPEC if other else rerun_runs(path, n_runs=rerun, data=given, rng=rng))
    return Verification(tuple(checks))


def _files(folder: Path) -> Check:
    try:
        manifest = Manifest.read(folder)
    except StoreError as error:
        return Check("files", "failed", "what the files were is not known", (error.what,))
    found = manifest.compare(folder)
    n = len(manifest.files) + (manifest.ledger is not None)
    if found.problems:
        said = f"{len(found.problems)} differences to the {n} files that were sealed"
        return Check("files", "failed", said, found.problems, found.remarks)
    return Check("files", "ok", f"{n} files have the sha256 that {MANIFEST} says", remarks=found.remarks)


def _statement(folder: Path) -> Check:
    try:
        statement = read_statement(folder)
        problems = statement_problems(folder, statement, Manifest.read(folder))
    except StoreError as error:
        return Check("statement", "failed", "what made the study is not known", (error.what,))
    except (KeyError, TypeError):
        return Check("statement", "failed", f"{STATEMENT} has another form than ours")
    if problems:
        return Check("statement", "failed", "it speaks of other files", tuple(problems))
    return Check("statement", "ok", f"{len(statement['subject'])} outputs have the digests that it states")


def _signature(folder: Path, key: Path | str | None) -> Check:
    there = (folder / SIGNATURE).exists()
    try:
        if key is not None:
            return Check("signature", "ok", f"made with the key {verify_signature(folder, key)[:12]}...")
        if not there:
            return Check("signature", "not done", UNSIGNED)
        named = read_envelope(folder).key_id
    except StoreError as error:
        said = "there is none, though a key was given" if error.code == "seal.missing" else "it does not hold"
        return Check("signature", "failed", said, (error.what,))
    return Check("signature", "not done", f"{_NO_KEY}; it names the key {named[:12]}...")


def _records(folder: Path) -> Check:
    files = _below(folder, f"{ARTEFACTS}/")
    return _readable("records", files, read_record, said="have the digests that they hold themselves")


def _tables(folder: Path) -> Check:
    files = _below(folder, "tables/", "partitions.parquet")
    return _readable("tables", files, _read_table, said="have intact pages")


def _below(folder: Path, *starts: str) -> dict[str, Path]:
    try:
        listed = list_files(folder)
    except StoreError:
        # said by the check of the files; what can be read is looked at all the same
        listed = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {path: file for path, file in listed.items() if path.startswith(starts) and path.endswith(".parquet")}


def _readable(name: str, files: dict[str, Path], read: Callable[[Path], object], *, said: str) -> Check:
    problems = tuple(_problems(files, read))
    if problems:
        return Check(name, "failed", f"{len(problems)} of {len(files)} are damaged", problems)
    return Check(name, "ok" if files else "not done", f"{len(files)} {said}" if files else "there are none")


def _problems(files: dict[str, Path], read: Callable[[Path], object]) -> Iterable[str]:
    for path, file in files.items():
        try:
            read(file)
        except StoreError as error:
            yield f"{path}: {error.what}"


def _read_table(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.name == "partitions.parquet":
        read_partitions(path)
        return
    try:
        pq.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"cannot be read: {error}", where=str(path), code="store.damaged") from error
