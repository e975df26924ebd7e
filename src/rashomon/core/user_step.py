"""Steps made of a user's own function."""

from __future__ import annotations

import hashlib
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

from rashomon.core.errors import UsageError
from rashomon.core.registry import resolve
from rashomon.core.step import Step

__all__ = ["user_step"]

_NAME = re.compile(r"[A-Za-z_]\w*")


def user_step(
    target: str | Callable[..., Any],
    *,
    reads: tuple[str, ...],
    writes: tuple[str, ...],
    name: str | None = None,
    check: str = "",
) -> Step:
    """Return a step that calls a user's function.

    Its version is the SHA-256 of the source of the function, so that results of an edited function are computed anew.
    What the function calls is not part of the source: an edit there needs a change here, or a fresh store.

    Parameters
    ----------
    target
        ``"module:function"``, which every engine can run where the module can be imported; or the function itself,
        which only the serial engine can run.
    reads, writes
        Slots, as in `Step`. Without `check` the function must not change what it reads.
    name
        What users see; the name of the function by default.
    check
        As in `Step`.

    Raises
    ------
    UsageError
        When `target` cannot be loaded, is no Python function, remembers values from where it was made (a closure, whose
        source does not tell its result), has no source to read, or has no plain name.

    Examples
    --------
    >>> step = user_step("textwrap:indent", reads=("text",), writes=("text",))
    >>> step.name, step.run({"text": "a"}, {"prefix": "- "}), len(step.version)
    ('indent', {'text': '- a'}, 64)
    """
    path = target if isinstance(target, str) else ""
    function = resolve(path) if path else target
    if not inspect.isfunction(function):
        raise UsageError(
            f"{path or target!r} is no Python function",
            where="user_step",
            expected="a function written with def or lambda, or 'module:function'",
            fix="wrap it in a function",
        )
    where = path or f"{function.__module__}:{function.__qualname__}"
    chosen = name or function.__name__
    if not _NAME.fullmatch(chosen):
        raise UsageError(
            f"the function {where!r} has no plain name",
            where="user_step(name=)",
            expected="letters, digits and underscores, not beginning with a digit",
            fix="name it: name='mine'",
        )
    return Step(
        chosen,
        where,
        reads=reads,
        writes=writes,
        version=_version(function, where),
        summary=f"The user's function {where}.",
        check=check,
        target=None if path else function,
    )


def _version(function: Callable[..., Any], where: str) -> str:
    held = inspect.getclosurevars(function).nonlocals
    if held:
        raise UsageError(
            f"the function {where!r} remembers {', '.join(sorted(held))} from where it was made",
            where="user_step",
            expected="a function whose source says all that it does",
            fix="give these values as parameters with defaults, or as constants of its module",
        )
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError) as error:
        raise UsageError(
            f"the source of {where!r} cannot be read",
            where="user_step",
            expected="a function from a file or a notebook, so that an edit is seen",
            fix="put the function into a file",
        ) from error
    return hashlib.sha256(textwrap.dedent(source).encode()).hexdigest()
