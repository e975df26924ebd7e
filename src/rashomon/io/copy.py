"""The content of an HDF5 file or zarr store, rewritten dataset by dataset into a new HDF5 file.

Whoever reads the copy meets bytes that the HDF5 library of this machine has just written: neither the structures nor
the compressed pieces of the original reach it, only names, attributes and values.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rashomon.io.rule import refuse

__all__ = ["check_space", "copy_hdf5", "copy_zarr"]

_SLAB = 2**25
"""Bytes that are held at a time."""


def check_space(n_bytes: int, folder: Path) -> None:
    """Refuse a copy that will not fit.

    Parameters
    ----------
    n_bytes
        Size of the copy.
    folder
        Where it will be.

    Raises
    ------
    InputError
        ``file.scratch`` with the bytes that are free and needed.
    """
    free = shutil.disk_usage(folder).free
    if free < n_bytes:
        what = f"{free:,} bytes are free and {n_bytes:,} are needed"
        raise refuse("file.scratch", what, where="folder of temporary files")


def copy_hdf5(source: h5py.Group, target: h5py.Group) -> None:
    """Copy everything below `source`, a group of a checked file, into `target`, an empty group.

    Objects that are named twice are copied once. References to objects, which anndata before 0.8 used for categories,
    lead to the copies.

    Parameters
    ----------
    source, target
        Groups of two files.

    Raises
    ------
    InputError
        ``file.unreadable`` for a type of data that cannot be copied.
    """
    copies: dict[int, str] = {}
    references: list[tuple[h5py.HLObject, str, str]] = []
    stack: list[tuple[h5py.Group, h5py.Group]] = [(source, target)]
    _copy_attributes(source, target, references)
    while stack:
        group, into = stack.pop()
        for key in group:
            node = group[key]
            address = int(h5py.h5o.get_info(node.id).addr)
            if address in copies:
                into[key] = target.file[copies[address]]
            elif isinstance(node, h5py.Group):
                made = into.create_group(key)
                stack.append((node, made))
            elif isinstance(node, h5py.Dataset):
                made = _copy_dataset(node, into, key)
            else:
                continue  # a named type is no data
            if address not in copies:
                copies[address] = made.name
                _copy_attributes(node, made, references)
    for made, name, path in references:
        inside = path.removeprefix(source.name.rstrip("/"))
        made.attrs[name] = target[inside.lstrip("/")].ref


def _copy_dataset(source: h5py.Dataset, group: h5py.Group, name: str) -> h5py.Dataset:
    dtype = source.dtype
    if source.shape is None:
        return group.create_dataset(name, data=h5py.Empty(dtype))
    if h5py.check_ref_dtype(dtype) is not None:
        raise refuse("file.unreadable", f"{source.name} holds references, not data", where=source.name)
    made = group.create_dataset(name, shape=source.shape, dtype=dtype)
    for part in _slabs(source.shape, source.chunks, dtype.itemsize):
        made[part] = source[part]
    return made


def _copy_attributes(
    source: h5py.HLObject, target: h5py.HLObject, references: list[tuple[h5py.HLObject, str, str]]
) -> None:
    for name in source.attrs:
        dtype, value = source.attrs.get_id(name).dtype, source.attrs[name]
        if isinstance(value, h5py.Reference):
            references.append((target, name, str(source.file[value].name)))
        elif isinstance(value, h5py.Empty):
            target.attrs[name] = value
        else:
            target.attrs.create(name, value, dtype=dtype)


def copy_zarr(source: Any, target: h5py.Group) -> None:
    """Copy everything below `source`, a group of a checked zarr store, into `target`, an empty group.

    Parameters
    ----------
    source
        Group of a store.
    target
        Group of an HDF5 file.
    """
    stack = [(source, target)]
    _zarr_attributes(source, target)
    while stack:
        group, into = stack.pop()
        for key, node in group.members():
            if hasattr(node, "shape"):
                made = _copy_array(node, into, key)
            else:
                made = into.create_group(key)
                stack.append((node, made))
            _zarr_attributes(node, made)


def _copy_array(source: Any, group: h5py.Group, name: str) -> h5py.Dataset:
    text = np.dtype(source.dtype).kind in "OUT"
    dtype = h5py.string_dtype() if text else np.dtype(source.dtype)
    made = group.create_dataset(name, shape=source.shape, dtype=dtype)
    for part in _slabs(source.shape, source.chunks, dtype.itemsize):
        values = np.asarray(source[part])
        # h5py knows text of varying length only as objects
        made[part] = values.astype(object) if text else values
    return made


def _zarr_attributes(source: Any, target: h5py.HLObject) -> None:
    for name, value in dict(source.attrs).items():
        if isinstance(value, Mapping) or value is None or (isinstance(value, list) and not _is_flat(value)):
            target.attrs[name] = json.dumps(value)
        elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            target.attrs.create(name, np.array(value, dtype=object), dtype=h5py.string_dtype())
        else:
            target.attrs[name] = value


def _is_flat(values: list[Any]) -> bool:
    return len({type(value) for value in values}) <= 1 and not any(isinstance(value, list | dict) for value in values)


def _slabs(shape: tuple[int, ...], chunks: tuple[int, ...] | None, itemsize: int) -> Iterator[Any]:
    """Yield selections that together are everything, along the first axis; no chunk is unpacked twice."""
    if not shape:
        yield ()
    if math.prod(shape) == 0 or not shape:
        return
    row = max(1, math.prod(shape[1:]) * itemsize)
    step, whole = max(1, _SLAB // row), 1 if chunks is None else chunks[0]
    step = max(step - step % whole, whole)
    for start in range(0, shape[0], step):
        yield slice(start, min(start + step, shape[0]))
