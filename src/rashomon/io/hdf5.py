"""What an HDF5 file is checked for before any of its data are read: completeness, links, filters, declared sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rashomon.io.rule import refuse

__all__ = ["RATIO", "check_hdf5", "datasets", "open_hdf5"]

RATIO = 1000
"""An array that declares this many times the bytes it has in the file is not believed above the memory budget."""

_EOF = re.compile(r"eof = (\d+).*stored_eof = (\d+)")
_OPEN_GROUP, _DONE = 1, 2


def open_hdf5(path: Path) -> h5py.File:
    """Return the opened file.

    Raises
    ------
    InputError
        ``file.truncated`` with the bytes present and declared, or ``file.unreadable``.
    """
    try:
        return h5py.File(path, "r", locking="best-effort")
    except OSError as error:
        sizes = _EOF.search(str(error))
        if sizes is None:
            raise refuse("file.unreadable", f"{path.name} cannot be opened: {error}", where=str(path)) from error
        actual, declared = (int(size) for size in sizes.groups())
        raise refuse(
            "file.truncated",
            f"{path.name} has {actual:,} bytes and should have {declared:,}",
            where=str(path),
            expected=f"{declared:,} bytes",
        ) from error


def check_hdf5(file: h5py.File, *, budget: int) -> None:
    """Refuse links and storage outside the file, circles, unknown filters, and sizes nobody could hold.

    Parameters
    ----------
    file
        Opened file.
    budget
        Memory budget in bytes.

    Raises
    ------
    InputError
        ``file.link``, ``file.external``, ``file.virtual``, ``file.cycle``, ``file.codec``, ``file.budget`` or
        ``file.unreadable``.
    """
    for name, dataset in datasets(file):
        _check_storage(name, dataset)
        _check_size(name, dataset, budget)


def datasets(file: h5py.File) -> Iterator[tuple[str, h5py.Dataset]]:
    """Walk all datasets of a file once, without following a link out of it.

    Raises
    ------
    InputError
        ``file.link`` or ``file.cycle``.
    """
    state: dict[int, int] = {}
    # an explicit stack: a hostile file may be nested deeper than Python recurses
    stack: list[tuple[str, Any, bool]] = [("", file, False)]
    while stack:
        name, node, leaving = stack.pop()
        address = h5py.h5o.get_info(node.id).addr
        if leaving:
            state[address] = _DONE
        elif state.get(address) == _OPEN_GROUP:
            raise refuse("file.cycle", f"group {name!r} contains itself", where=f"{_file_name(file)}:{name}")
        elif address not in state:
            if isinstance(node, h5py.Dataset):
                state[address] = _DONE
                yield name, node
            elif isinstance(node, h5py.Group):
                state[address] = _OPEN_GROUP
                stack.append((name, node, True))
                stack += [(f"{name}/{key}", _follow(file, node, name, key), False) for key in node]
            else:
                state[address] = _DONE


def _follow(file: h5py.File, group: h5py.Group, name: str, key: str) -> Any:
    where = f"{_file_name(file)}:{name}/{key}"
    link = group.get(key, getlink=True)
    if isinstance(link, h5py.ExternalLink):
        raise refuse("file.link", f"{name}/{key} is a link to {link.path!r} in file {link.filename!r}", where=where)
    if isinstance(link, h5py.SoftLink) and link.path not in group:
        raise refuse("file.link", f"{name}/{key} is a link to {link.path!r}, which does not exist", where=where)
    return group[key]


def _check_storage(name: str, dataset: h5py.Dataset) -> None:
    where = f"{_file_name(dataset.file)}:{name}"
    plan = dataset.id.get_create_plist()
    if plan.get_layout() == h5py.h5d.VIRTUAL:
        sources = sorted({source.file_name for source in dataset.virtual_sources()})
        raise refuse("file.virtual", f"{name} is assembled from {', '.join(sources)}", where=where)
    if plan.get_external_count():
        outside = plan.get_external(0)[0].decode(errors="replace")
        raise refuse("file.external", f"{name} keeps its bytes in {outside!r}", where=where)
    for i in range(plan.get_nfilters()):
        code, _, _, label = plan.get_filter(i)
        if not h5py.h5z.filter_avail(code):
            raise refuse("file.codec", f"{name} needs filter {code} ({label.decode(errors='replace')})", where=where)


def _check_size(name: str, dataset: h5py.Dataset, budget: int) -> None:
    if dataset.shape is None:
        return
    declared = int(np.prod([int(n) for n in dataset.shape], dtype=object)) * dataset.dtype.itemsize
    stored = dataset.id.get_storage_size()
    if declared > budget and declared > RATIO * stored:
        raise refuse(
            "file.budget",
            f"{name} declares {declared:,} bytes (shape {dataset.shape}) and has {stored:,} in the file",
            where=f"{_file_name(dataset.file)}:{name}",
            expected=f"arrays below {budget:,} bytes",
            fix="ask whoever made the file: this header is damaged or hostile",
        )


def _file_name(file: h5py.File) -> str:
    return Path(file.filename).name
