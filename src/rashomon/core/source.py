"""The version of a piece of code: a digest of what it does, without comments, docstrings, imports and file names."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from rashomon.core.digest import digest_text
from rashomon.core.errors import UsageError

__all__ = ["source_digest"]

_SILENT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
    tokenize.ENDMARKER,
}  # fmt: skip
_IMPORTS = {"import", "from"}
_BEFORE_STATEMENT = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}


def source_digest(modules: Iterable[str]) -> str:
    """Return a digest (hex) of the code of `modules`, which are found and not imported.

    Comments, docstrings and the breaking of lines have no part in it, nor where code lies and what it imports: a figure
    that was measured stays as good as it was when a sentence is corrected or a module moves.

    Parameters
    ----------
    modules
        Dotted names; a package stands for all modules in it.

    Raises
    ------
    UsageError
        When there is no such module.

    Examples
    --------
    >>> source_digest(["rashomon.core.rng"]) == source_digest(["rashomon.core.digest"])
    False
    """
    files = sorted({file for module in modules for file in _files(module)})
    return digest_text(*sorted(code_of(file.read_text(encoding="utf-8")) for file in files))


def code_of(source: str) -> str:
    r"""Return `source` without comments, docstrings, imports and spacing, as one text.

    Examples
    --------
    >>> code_of('def f(x):\n    "Say what."\n    return x  # why\n').split()
    ['def', 'f', '(', 'x', ')', ':', 'return', 'x']
    """
    return "\n".join(_tokens(source))


def _tokens(source: str) -> Iterator[str]:
    before, importing = tokenize.ENCODING, False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        first = before in _BEFORE_STATEMENT
        importing = token.string in _IMPORTS if first else importing
        # a string that stands alone, as a statement, does nothing
        alone = token.type == tokenize.STRING and first
        if token.type not in _SILENT and not alone and not importing:
            yield token.string
        if token.type not in {tokenize.NL, tokenize.COMMENT}:
            before = token.type


def _files(module: str) -> list[Path]:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise UsageError(f"there is no module {module!r}", where="source_digest", expected="a dotted name")
    if spec.submodule_search_locations:
        return sorted(path for folder in spec.submodule_search_locations for path in Path(folder).rglob("*.py"))
    return [Path(spec.origin)]
