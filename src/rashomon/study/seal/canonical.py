"""JSON in one form only: equal content is equal bytes, so that any changed byte is seen, even one without meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rashomon.core import StoreError, publish_text

__all__ = ["canonical_text", "read_canonical", "write_canonical"]


def canonical_text(value: Mapping[str, Any]) -> str:
    r"""Return JSON with sorted keys, two spaces, ASCII only, and a line end.

    Parameters
    ----------
    value
        JSON types; no NaN.

    Examples
    --------
    >>> canonical_text({"b": [1], "a": "\u00e9"})
    '{\n  "a": "\\u00e9",\n  "b": [\n    1\n  ]\n}\n'
    """
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def write_canonical(path: Path, value: Mapping[str, Any]) -> None:
    """Write `value` to `path` as `canonical_text`."""
    publish_text(path, canonical_text(value))


def read_canonical(path: Path) -> dict[str, Any]:
    """Read what `write_canonical` wrote.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    StoreError
        ``seal.missing`` when it is not there; ``seal.damaged`` when it is no JSON object, or not in canonical form: a
        space more is a change too.
    """
    try:
        text = path.read_bytes().decode("ascii")
        value = json.loads(text)
    except FileNotFoundError:
        raise StoreError(
            f"there is no {path.name}",
            where=str(path.parent),
            expected="a sealed study",
            fix="run the study again: it is sealed at its end",
            code="seal.missing",
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path.name} cannot be read: {error}", where=str(path), code="seal.damaged") from error
    if not isinstance(value, dict) or _text(value) != text:
        raise StoreError(f"{path.name} is not as it was written", where=str(path), code="seal.damaged")
    return value


def _text(value: dict[str, Any]) -> str:
    try:
        return canonical_text(value)
    except ValueError:  # NaN, which we never write
        return ""
