"""The argument `copy` of scanpy, for functions that write into the object they are given."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, cast, overload

from rashomon.core import UsageError

__all__ = ["OnCopy", "on_copy"]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

_AFTER = ("rng",)
"""Parameters that stay the last."""


class OnCopy(Protocol[P, R_co]):
    """A function with the argument `copy`: by default it writes into the object and returns what it found."""

    @overload
    def __call__(self, *args: Any, copy: Literal[True], **kwargs: Any) -> Any: ...

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


def on_copy(function: Callable[P, R_co]) -> OnCopy[P, R_co]:
    """Give a function that writes into its first argument the argument ``copy`` of scanpy.

    The type of the result depends on the argument, against our own rule, because that is what ``copy`` does in every
    function that users of scanpy know.

    Parameters
    ----------
    function
        Its first parameter is an AnnData or MuData. The docstring describes ``copy``.

    Returns
    -------
    The function. With ``copy=True`` the object is left as it was, and a copy with the results is returned in place of
    what was found, which `rashomon.get` then reads from the copy.

    Raises
    ------
    UsageError
        When a copy is asked for of something that cannot be written to, such as a path.
    """
    signature = inspect.signature(function)
    first, *others = signature.parameters.values()
    added = inspect.Parameter("copy", inspect.Parameter.KEYWORD_ONLY, default=False, annotation="bool")
    last = [each for each in others if each.name in _AFTER]

    @functools.wraps(function)
    def wrapped(*args: Any, copy: bool = False, **kwargs: Any) -> Any:
        if not copy:
            return function(*args, **kwargs)
        bound = signature.bind(*args, **kwargs)
        given = bound.arguments[first.name]
        if not hasattr(given, "obs") or not hasattr(given, "uns"):
            raise UsageError(
                f"a {type(given).__name__} is not written to",
                where=f"{function.__name__}, copy",
                expected="an AnnData or a MuData",
                fix="leave copy out",
            )
        duplicate = bound.arguments[first.name] = given.copy()
        function(*bound.args, **bound.kwargs)
        return duplicate

    parameters = [first, *(each for each in others if each.name not in _AFTER), added, *last]
    setattr(wrapped, "__signature__", signature.replace(parameters=parameters))  # noqa: B010 - mypy knows no such attribute
    return cast("OnCopy[P, R_co]", wrapped)
