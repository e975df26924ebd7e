"""Registries: a name is written once, on the record that implements it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, Protocol, TypeVar

from rashomon.core.errors import UsageError, did_you_mean

__all__ = ["Named", "Registry", "resolve"]


class Named(Protocol):
    """Anything with a name and a one-line summary."""

    @property
    def name(self) -> str:
        """The name users type."""

    @property
    def summary(self) -> str:
        """One line for tables and help."""


RecordT = TypeVar("RecordT", bound=Named)


class _UnknownNameError(UsageError, KeyError):
    """Also a KeyError, which `Mapping.get` relies on."""


def resolve(path: str) -> Any:
    """Return what stands behind a dotted path ``module:name``; the import happens here and not before.

    Parameters
    ----------
    path
        ``package.module:name``.

    Raises
    ------
    UsageError
        When the path is malformed, or the module or the name does not exist.

    Examples
    --------
    >>> resolve("math:sqrt")(9.0)
    3.0
    """
    module, _, attribute = path.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"cannot load {path!r}: {error}", where="registry", expected="module:name") from error


class Registry(Mapping[str, RecordT]):
    """An ordered, closed list of records of one kind, found by name.

    Parameters
    ----------
    kind
        What the records are, in the singular, for messages ("score").
    records
        The records, in the order in which they are listed.

    Raises
    ------
    UsageError
        When two records share a name, or an unknown name is looked up.

    Examples
    --------
    >>> from rashomon.core import Step
    >>> steps = Registry("step", [Step("root", "math:sqrt", reads=("x",), writes=("x",), summary="Square root.")])
    >>> list(steps), steps["root"].summary
    (['root'], 'Square root.')
    """

    def __init__(self, kind: str, records: Iterable[RecordT]) -> None:
        self.kind = kind
        self._records: dict[str, RecordT] = {}
        for record in records:
            if record.name in self._records:
                raise UsageError(f"{kind} {record.name!r} is registered twice", where=f"{kind} registry")
            self._records[record.name] = record

    def __getitem__(self, name: str) -> RecordT:
        try:
            return self._records[name]
        except KeyError:
            raise _UnknownNameError(
                f"unknown {self.kind} {name!r}", where=f"{self.kind} registry", fix=did_you_mean(name, self._records)
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)
