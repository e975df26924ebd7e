"""What a seal says about the ledger: a digest of its rows, and when the study ran."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rashomon.core import StoreError, digest_file
from rashomon.engine.ledger import LEDGER, Ledger

__all__ = ["LEDGER", "ledger_fact", "ledger_problem", "ledger_rows", "sessions"]


def ledger_fact(folder: Path) -> dict[str, Any] | None:
    """Return what the manifest says of the ledger of a study, None where there is none.

    The rows decide: SQLite may lay the same rows out differently, for example when the file is compacted. The digest of
    the file is given for information.

    Parameters
    ----------
    folder
        The study.

    Returns
    -------
    ``path``, ``rows`` (their number), ``rows_sha256``, ``bytes`` and ``sha256`` of the file.

    Raises
    ------
    StoreError
        When the ledger is damaged.
    """
    path = folder / LEDGER
    if not path.exists():
        return None
    digest, n_rows = hashlib.sha256(), 0
    with Ledger(path, readonly=True) as ledger:
        ledger.check()
        for line in ledger.dump():
            digest.update(f"{line}\n".encode())
            n_rows += 1
    return {
        "path": LEDGER,
        "rows": n_rows,
        "rows_sha256": digest.hexdigest(),
        "bytes": path.stat().st_size,
        "sha256": digest_file(path),
    }


def sessions(folder: Path) -> list[dict[str, Any]]:
    """Return the sessions of the ledger in `folder`, first one first; none without a ledger.

    Raises
    ------
    StoreError
        When the ledger is damaged.
    """
    return ledger_rows(folder, "session")


def ledger_rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of the ledger of a study; none without a ledger.

    Parameters
    ----------
    folder
        The study.
    table
        As in `rashomon.engine.ledger.Ledger.rows`.
    """
    path = folder / LEDGER
    if not path.exists():
        return []
    with Ledger(path, readonly=True) as ledger:
        return ledger.rows(table)


def ledger_problem(folder: Path, written: Mapping[str, Any]) -> tuple[str, str]:
    """Return why the ledger is not the one that was sealed, and a remark; empty where there is nothing to say.

    Parameters
    ----------
    folder
        The study.
    written
        What the manifest says, from `ledger_fact`.
    """
    try:
        found = ledger_fact(folder)
    except StoreError as error:
        return error.what, ""
    if found is None:
        return f"{LEDGER} is missing", ""
    if found["rows_sha256"] != written["rows_sha256"]:
        return f"{LEDGER} has other rows ({found['rows']}, and {written['rows']} were sealed)", ""
    if found["sha256"] != written["sha256"]:
        return "", f"the bytes of {LEDGER} changed, its {found['rows']} rows did not"
    return "", ""
