"""``adata.rashomon``: the tools of `rashomon.tl` and `rashomon.get` as methods of an AnnData.

Importing this module registers the accessor. `rashomon` imports it with the first part of its face that works on
AnnData objects (``rs.tl``, ``rs.get``, ``rs.audit``, ...), and at once where anndata was imported before it; ``import
rashomon.accessor`` does it in any order. The tools themselves are imported when they are first called.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from anndata import AnnData, register_anndata_namespace

from rashomon.core.slots import NAMESPACE

__all__ = ["METHODS", "RashomonAccessor"]

METHODS: Mapping[str, tuple[str, str]] = {
    "audit": ("rashomon.tl", "audit"),
    "significance": ("rashomon.tl", "cluster_significance"),
    "confounding": ("rashomon.tl", "confounding"),
    "which_score": ("rashomon.tl", "which_score"),
    "power": ("rashomon.tl", "power"),
    "markers": ("rashomon.tl", "markers"),
    "tripwires": ("rashomon.tl", "tripwires"),
    "audit_receptors": ("rashomon.tl", "audit_receptors"),
    "encode_kmers": ("rashomon.pp", "encode_kmers"),
    "results": ("rashomon.get", "results"),
    "answers": ("rashomon.get", "answers"),
    "table": ("rashomon.get", "table"),
    "tables": ("rashomon.get", "tables"),
    "cells": ("rashomon.get", "cells"),
    "labels": ("rashomon.get", "labels"),
    "to_csv": ("rashomon.get", "to_csv"),
}
"""Name of each method: module and name of the function, whose first argument is the AnnData."""


class _Method:
    """A function of the face as a method: found when it is asked for, with its own signature and help."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name

    def __get__(self, accessor: Any, owner: type) -> Callable[..., Any]:
        module, name = self._place
        function: Callable[..., Any] = getattr(import_module(module), name)
        if accessor is None:
            return function
        adata = accessor.adata

        @functools.wraps(function)
        def method(*args: Any, **kwargs: Any) -> Any:
            return function(adata, *args, **kwargs)

        signature = inspect.signature(function)
        own = list(signature.parameters.values())[1:]
        setattr(method, "__signature__", signature.replace(parameters=own))  # noqa: B010 - mypy knows no such attribute
        return method


class RashomonAccessor:
    """The tools on one AnnData: ``adata.rashomon.audit(labels="leiden")``, ``adata.rashomon.table("cards")``.

    Parameters
    ----------
    adata
        The object that the tools read and write; each method is documented under the function of the same name, see
        `METHODS`.

    Examples
    --------
    >>> adata = AnnData()
    >>> adata.rashomon.results().empty
    True
    """

    def __init__(self, adata: AnnData) -> None:
        self.adata = adata

    def __dir__(self) -> list[str]:
        return sorted({"adata", *METHODS})

    def __repr__(self) -> str:
        return f"rashomon on AnnData: {', '.join(METHODS)}"


for _name, _place in METHODS.items():
    setattr(RashomonAccessor, _name, _Method(*_place))

if not hasattr(AnnData, NAMESPACE):
    register_anndata_namespace(NAMESPACE)(RashomonAccessor)
