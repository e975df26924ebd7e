"""Files out: through a temporary file, and never onto the file that was read."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashomon.core import StoreError, UsageError, did_you_mean, publish
from rashomon.core.slots import EXPRESSION
from rashomon.io.quiet import quiet_awkward
from rashomon.io.storable import storable

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["PUT", "known_suffix", "refuse_target", "write", "write_h5ad", "write_h5mu", "write_zarr"]


def write(adata: AnnData, path: Path | str, *, protect: Path | str | None = None) -> tuple[str, ...]:
    """Write an AnnData in the format that the suffix of `path` names.

    Parameters
    ----------
    adata
        Object to write.
    path
        ``.h5ad``, ``.zarr`` or ``.h5mu`` (modality ``gex``).
    protect
        File that must not be replaced: the one that was read.

    Returns
    -------
    Notes on what the format cannot hold and was left out of the file; `adata` still has it.

    Raises
    ------
    StoreError
        When `path` is the protected file, a folder, or cannot be written.
    UsageError
        When the suffix is unknown.
    """
    suffix = known_suffix(path)
    kept, notes = storable(adata)
    _WRITERS[suffix](kept, path, protect=protect)
    return notes


def known_suffix(path: Path | str) -> str:
    """Return the suffix of `path` in lower case.

    Raises
    ------
    UsageError
        When no format has it.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _WRITERS:
        raise UsageError(f"unknown suffix {suffix!r}", where=str(path), fix=did_you_mean(suffix, _WRITERS))
    return suffix


def write_h5ad(adata: AnnData, path: Path | str, *, protect: Path | str | None = None) -> None:
    """Write `adata` as ``.h5ad`` to `path`, compressed, but not onto `protect`; see `write`."""
    refuse_target(Path(path), protect)
    with publish(path) as temporary:
        _put_h5ad(adata, temporary)


@quiet_awkward()
def _put_h5ad(adata: AnnData, path: Path) -> None:
    adata.write_h5ad(path, compression="gzip")


def write_zarr(adata: AnnData, path: Path | str, *, protect: Path | str | None = None) -> None:
    """Write `adata` as a zarr folder to `path`, where nothing stands yet, but not onto `protect`; see `write`.

    Raises
    ------
    UsageError
        When the name does not end in ``.zarr``.
    """
    target = Path(path)
    refuse_target(target, protect)
    if target.suffix != ".zarr":
        raise UsageError(f"the folder is named {target.name!r}", where=str(path), expected="a name that ends in .zarr")
    with publish(target) as temporary:
        _put_zarr(adata, temporary)


@quiet_awkward()
def _put_zarr(adata: AnnData, path: Path) -> None:
    with warnings.catch_warnings():
        # version 2 on purpose: every zarr and anndata in use can read it
        warnings.filterwarnings("ignore", message="Writing zarr v2 data", category=UserWarning)
        adata.write_zarr(path)


def write_h5mu(adata: Any, path: Path | str, *, protect: Path | str | None = None) -> None:
    """Write `adata`, a MuData or the modality ``gex`` of one, to `path`, but not onto `protect`; see `write`."""
    refuse_target(Path(path), protect)
    with publish(path) as temporary:
        _put_h5mu(adata, temporary)


@quiet_awkward()
def _put_h5mu(adata: Any, path: Path) -> None:
    import mudata

    with mudata.set_options(pull_on_update=False):
        whole = adata if isinstance(adata, mudata.MuData) else mudata.MuData({EXPRESSION: adata})
        whole.write_h5mu(path, compression="gzip")


def refuse_target(path: Path, protect: Path | str | None) -> None:
    """Refuse to write to `path` where a folder stands, or onto `protect`, the file that was read.

    Raises
    ------
    StoreError
        ``output.input`` or ``output.folder``.
    """
    if protect is not None and path.exists() and Path(protect).exists() and path.samefile(protect):
        raise StoreError(
            f"{path.name} is the file that was read",
            where=str(path),
            expected="another path: the input is never changed",
            fix="choose another output",
            code="output.input",
        )
    if path.is_dir():
        raise StoreError(
            f"{path.name} is an existing folder",
            where=str(path),
            expected="a path where nothing stands",
            fix="choose another output, or remove the folder yourself",
            code="output.folder",
        )


_WRITERS: dict[str, Callable[..., None]] = {".h5ad": write_h5ad, ".zarr": write_zarr, ".h5mu": write_h5mu}

PUT: dict[str, Callable[[Any, Path], None]] = {".h5ad": _put_h5ad, ".zarr": _put_zarr, ".h5mu": _put_h5mu}
"""By suffix: writes an object to a path that nobody reads yet."""
