"""What an HDF5 file is checked for before any of its data are read: completeness, links, filters, declared sizes."""

from __future__ import annotations

import errno
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import h5py

from rashomon.io.rule import refuse, remark

__all__ = ["RATIO", "Entry", "check_hdf5", "entries", "open_hdf5"]

RATIO = 200
"""An array that takes this many times the bytes it has in the file is worth a warning."""

_WORTH_SAYING = 2**20
"""Arrays below this size may compress as well as they like."""

_MOST_OBJECTS = 50_000
"""Counted as often as they are named: groups that name each other twice would unpack without end."""
_EOF = re.compile(r"eof = (\d+).*stored_eof = (\d+)")
_LOCKED = re.compile(r"unable to lock file|Resource temporarily unavailable")


def open_hdf5(path: Path, *, patience: float = 10.0) -> h5py.File:
    """Return the opened file.

    Parameters
    ----------
    path
        Where it is.
    patience
        Seconds to wait while another program holds it.

    Raises
    ------
    InputError
        ``file.truncated`` with the bytes present and declared, ``file.locked``, or ``file.unreadable``.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return h5py.File(path, "r", locking="best-effort")
        except OSError as error:
            held = error.errno in {errno.EAGAIN, errno.EACCES} or _LOCKED.search(str(error))
            if not held:
                raise _unopened(path, error) from error
            if time.monotonic() >= end:
                what = f"{path.name} is still held by another program after {patience:g} s"
                raise refuse("file.locked", what, where=str(path)) from error
            time.sleep(min(0.1, patience))


def _unopened(path: Path, error: OSError) -> Exception:
    sizes = _EOF.search(str(error))
    if sizes is None:
        return refuse("file.unreadable", f"{path.name} cannot be opened: {error}", where=str(path))
    actual, declared = (int(size) for size in sizes.groups())
    return refuse(
        "file.truncated",
        f"{path.name} has {actual:,} bytes and should have {declared:,}",
        where=str(path),
        expected=f"{declared:,} bytes",
    )


@dataclass
class Entry:
    """One object of a file, and what is below it.

    Parameters
    ----------
    name
        Path under which it was found first.
    children
        Name and address of everything that a group holds.
    n_bytes
        Bytes that it takes in memory, everything below it included as often as it is named there.
    n_objects
        Objects, counted in the same way.
    """

    name: str
    children: list[tuple[str, int]] = field(default_factory=list)
    n_bytes: int = 0
    n_objects: int = 1


def check_hdf5(file: h5py.File, *, budget: int) -> tuple[str, ...]:
    """Refuse links and storage outside the file, circles, unknown filters, and sizes nobody could hold.

    Parameters
    ----------
    file
        Opened file.
    budget
        Memory budget in bytes.

    Returns
    -------
    Notes on arrays that are compressed improbably well.

    Raises
    ------
    InputError
        ``file.link``, ``file.external``, ``file.virtual``, ``file.cycle``, ``file.codec``, ``file.budget`` or
        ``file.unreadable``.
    """
    notes: list[str] = []
    found = entries(file)
    for entry in found.values():
        node = file[entry.name or "/"]
        if isinstance(node, h5py.Dataset):
            _check_storage(entry.name, node)
            entry.n_bytes = _checked_size(entry.name, node, budget, notes)
    root = _sum_up(found, file)
    if root.n_bytes > budget or root.n_objects > _MOST_OBJECTS:
        raise refuse(
            "file.budget",
            f"{_file_name(file)} unpacks to {root.n_objects:,} objects of {root.n_bytes:,} bytes together",
            where=_file_name(file),
            expected=f"at most {budget:,} bytes in {_MOST_OBJECTS:,} objects",
        )
    return tuple(notes)


def entries(file: h5py.File) -> dict[int, Entry]:
    """Return all objects of a file by address, the root first, without following a link out of it.

    Soft links are resolved last: a soft link may lead through an external one, and even asking whether its target
    exists would open the other file.

    Parameters
    ----------
    file
        Opened file.

    Raises
    ------
    InputError
        ``file.link`` or ``file.cycle``.
    """
    found: dict[int, Entry] = {_address(file): Entry("")}
    soft: list[tuple[Entry, str, str]] = []
    # an explicit stack: a hostile file may be nested deeper than Python recurses
    stack: list[tuple[Entry, h5py.Group]] = [(found[_address(file)], file)]
    while stack:
        entry, group = stack.pop()
        for key in group:
            name = f"{entry.name}/{key}"
            target = _inner_target(file, group, name, key)
            if target is not None:
                soft.append((entry, key, target))
                continue
            node = group[key]
            address = _address(node)
            if address not in found:
                found[address] = Entry(name)
                if isinstance(node, h5py.Group):
                    stack.append((found[address], node))
            entry.children.append((key, address))
    for entry, key, target in soft:
        group, name = file[entry.name or "/"], f"{entry.name}/{key}"
        if target not in group:
            what = f"{name} is a link to {target!r}, which does not exist"
            raise refuse("file.link", what, where=f"{_file_name(file)}:{name}")
        entry.children.append((key, _address(group[key])))
    _refuse_circles(found, file)
    return found


def _inner_target(file: h5py.File, group: h5py.Group, name: str, key: str) -> str | None:
    """Return where a soft link leads, and None for a hard one; refuse every other kind."""
    where = f"{_file_name(file)}:{name}"
    try:
        link = group.get(key, getlink=True)
    except TypeError as error:  # kinds of links that a program defines itself
        raise refuse("file.link", f"{name} is a link of an unknown kind", where=where) from error
    if isinstance(link, h5py.ExternalLink):
        raise refuse("file.link", f"{name} is a link to {link.path!r} in file {link.filename!r}", where=where)
    return str(link.path) if isinstance(link, h5py.SoftLink) else None


def _walk(found: dict[int, Entry]) -> Iterator[tuple[int, str, bool]]:
    """Visit each object twice, before and after what is below it, once per address; and each circle once."""
    root = next(iter(found))
    stack, visited = [(root, "", False)], set[int]()
    while stack:
        address, name, leaving = stack.pop()
        yield address, name, leaving
        if leaving or address in visited:
            continue
        visited.add(address)
        stack.append((address, name, True))
        stack += [(below, f"{name}/{key}", False) for key, below in found[address].children]


def _refuse_circles(found: dict[int, Entry], file: h5py.File) -> None:
    above: set[int] = set()
    done: set[int] = set()
    for address, name, leaving in _walk(found):
        if leaving:
            above.discard(address)
            done.add(address)
        elif address in above:
            raise refuse("file.cycle", f"group {name!r} contains itself", where=f"{_file_name(file)}:{name}")
        elif address not in done:
            above.add(address)


def _sum_up(found: dict[int, Entry], file: h5py.File) -> Entry:
    for address, _, leaving in _walk(found):
        if leaving:
            entry = found[address]
            for _, below in entry.children:
                entry.n_bytes += found[below].n_bytes
                entry.n_objects += found[below].n_objects
    return found[_address(file)]


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


def _checked_size(name: str, dataset: h5py.Dataset, budget: int, notes: list[str]) -> int:
    """Return the bytes a dataset takes in memory; one chunk must fit too, as it is unpacked as a whole."""
    if dataset.shape is None:
        return 0
    declared, stored = math.prod(map(int, dataset.shape)) * dataset.dtype.itemsize, dataset.id.get_storage_size()
    chunk = math.prod(map(int, dataset.chunks or ())) * dataset.dtype.itemsize
    where = f"{_file_name(dataset.file)}:{name}"
    if max(declared, chunk) > budget:
        said = f"shape {dataset.shape}" if declared > budget else f"chunks of {chunk:,} bytes"
        raise refuse(
            "file.budget",
            f"{name} declares {declared:,} bytes ({said}) and has {stored:,} in the file",
            where=where,
            expected=f"arrays below {budget:,} bytes",
        )
    if declared > max(RATIO * stored, _WORTH_SAYING):
        notes.append(remark("file.ratio", f"{stored:,} bytes of the file unpack to {declared:,}", where=where))
    return int(declared)


def _address(node: h5py.HLObject) -> int:
    return int(h5py.h5o.get_info(node.id).addr)


def _file_name(file: h5py.File) -> str:
    return Path(file.filename).name
