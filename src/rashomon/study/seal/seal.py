"""Seal a finished study: provenance, crate, manifest, statement, signature; each covers what comes before it."""

from __future__ import annotations

from pathlib import Path

from rashomon.core import UsageError
from rashomon.study.seal.crate import write_crate
from rashomon.study.seal.key import read_private
from rashomon.study.seal.manifest import MANIFEST, SIGNATURE, STATEMENT, Manifest, make_manifest
from rashomon.study.seal.origin import Origin
from rashomon.study.seal.provenance import write_provenance
from rashomon.study.seal.signature import sign
from rashomon.study.seal.statement import make_statement, write_statement

__all__ = ["seal"]


def seal(folder: Path | str, *, origin: Origin | None = None, key: Path | str | None = None) -> Manifest:
    """Seal a study: from now on every changed byte is found by `rashomon.study.seal.verify`.

    Nobody may write to the folder meanwhile; the ledger is closed before. A seal that stands there is replaced.

    Parameters
    ----------
    folder
        The study.
    origin
        The command, the files that were read, when it ran.
    key
        Private key to sign with; without one, a change of files together with the manifest cannot be found.

    Returns
    -------
    What was sealed.

    Raises
    ------
    UsageError
        ``sign.place`` when the key lies in the study; ``sign.key`` or ``sign.extra``.
    StoreError
        ``seal.file`` when something in the folder is no file of it; ``store.ledger``; ``store.write``.
    """
    path, origin = Path(folder), origin or Origin()
    if key is not None:
        # before anything is written: a study that cannot be signed stays as it was
        read_private(key)
        _refuse_inside(path, Path(key))
    # an old signature would speak of other files until the end
    for name in (SIGNATURE, STATEMENT, MANIFEST):
        (path / name).unlink(missing_ok=True)
    write_provenance(path)
    write_crate(path, inputs=origin.digests, facts=origin.facts(path))
    manifest = make_manifest(path)
    manifest.write(path)
    write_statement(path, make_statement(path, manifest, origin))
    if key is not None:
        sign(path, key)
    return manifest


def _refuse_inside(folder: Path, key: Path) -> None:
    if key.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            "the private key lies in the study, and would be handed out with it",
            where=str(key),
            expected="a place that nobody else reads",
            fix="move the key out of the study",
            code="sign.place",
        )
