"""The only code that writes final files: temporary file, flush, rename."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rashomon.core.errors import StoreError

__all__ = ["publish", "publish_text"]


@contextmanager
def publish(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well, it is flushed to disk and renamed to `path`.

    When the block fails, the temporary file is removed and whatever stood at `path` before is untouched. A path that
    the block turned into a directory (zarr) is renamed only where nothing stands yet.

    Parameters
    ----------
    path
        The final path; its folder is created.

    Raises
    ------
    StoreError
        When the folder cannot be written to, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with publish(target) as temporary:
    ...     _ = temporary.write_text("done")
    >>> target.read_text()
    'done'
    """
    final = Path(path)
    # the suffix stays last: writers choose a format by it
    temporary = final.with_name(f".{final.stem}.{os.getpid()}-{secrets.token_hex(4)}.tmp{final.suffix}")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _flush(temporary)
        temporary.replace(final)
        _flush(final.parent)
    except OSError as error:
        raise StoreError(
            f"cannot write {final.name}: {error.strerror or error}",
            where=str(final.parent),
            expected="a folder with free space that this user may write to",
            fix="choose another output folder, or free some space and run the same command again",
            code="store.write",
        ) from error
    finally:
        _remove(temporary)


def publish_text(path: Path | str, text: str) -> None:
    """Write `text` (UTF-8, newlines as given) to `path` through `publish`.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> publish_text(target, "done")
    >>> target.read_text()
    'done'
    """
    with publish(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def _flush(path: Path) -> None:
    targets = [*path.rglob("*"), path] if path.is_dir() and path.suffix == ".zarr" else [path]
    for target in targets:
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir():
        for child in sorted(path.rglob("*"), reverse=True):
            child.rmdir() if child.is_dir() else child.unlink()
        path.rmdir()
    elif path.exists():
        path.unlink()
