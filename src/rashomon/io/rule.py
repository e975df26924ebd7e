"""Every rule of the door, by code; errors and warnings take their texts from here."""

from __future__ import annotations

import unicodedata

from rashomon.core import InputError, Registry
from rashomon.io.content_rule import CONTENT_REMARKS, MATRIX_RULES, TABLE_RULES
from rashomon.io.file_rule import FILE_REMARKS, FILE_RULES
from rashomon.io.receptor.repair_rule import REPAIR_REMARKS, REPAIR_RULES
from rashomon.io.receptor.rule import RECEPTOR_REMARKS, RECEPTOR_RULES
from rashomon.truth import DERIVE_RULES, LABEL_RULES, Rule

__all__ = ["REMARKS", "RULES", "Rule", "code_of", "readable", "refuse", "remark"]

REMARKS: Registry[Rule] = Registry("warning", (*FILE_REMARKS, *CONTENT_REMARKS, *RECEPTOR_REMARKS, *REPAIR_REMARKS))
"""Rules whose breach is accepted, and said in the row log."""

RULES: Registry[Rule] = Registry(
    "rule",
    (
        *FILE_RULES,
        *MATRIX_RULES,
        *TABLE_RULES,
        *RECEPTOR_RULES,
        *REPAIR_RULES,
        *LABEL_RULES,
        *DERIVE_RULES,
        *REMARKS.values(),
    ),
)
"""All rules of the door, warnings included."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def refuse(code: str, what: str, *, where: str, expected: str | None = None, fix: str | None = None) -> InputError:
    """Return the error for a broken rule.

    Parameters
    ----------
    code
        Name of the rule.
    what
        What is wrong, with the value that was found.
    where
        The place.
    expected, fix
        Replace those of the rule where more is known.

    Examples
    --------
    >>> refuse("matrix.nan", "3 values are NaN", where="X").code
    'matrix.nan'
    """
    return RULES[code].broken(readable(what), where=readable(where), expected=expected, fix=fix and readable(fix))


def remark(code: str, what: str, *, where: str) -> str:
    """Return the note for a rule whose breach is accepted; it ends with the code, so that it can be explained.

    Parameters
    ----------
    code
        Name of the rule, one of `REMARKS`.
    what
        What was found, with its number.
    where
        The place.

    Examples
    --------
    >>> remark("matrix.empty_cells", "3 cells have no counts and are kept", where="X")
    'X: 3 cells have no counts and are kept [matrix.empty_cells]'
    """
    return f"{readable(where)}: {readable(what)} [{REMARKS[code].name}]"


def code_of(note: str) -> str:
    """Return the code of a note that `remark` made, and the empty text for any other note.

    Examples
    --------
    >>> code_of("X: 3 cells have no counts and are kept [matrix.empty_cells]"), code_of("expression is X (counts)")
    ('matrix.empty_cells', '')
    """
    code = note.rpartition("[")[2].removesuffix("]")
    return code if note.endswith("]") and code in REMARKS else ""


def readable(text: str) -> str:
    r"""Return `text` with characters that steer a terminal, or cannot be seen, as escapes: names come from the file.

    Examples
    --------
    >>> readable("T\x1b[2J\u202ecell")
    'T\\x1b[2J\\u202ecell'
    """
    return "".join(ascii(char)[1:-1] if unicodedata.category(char) in _HIDDEN else char for char in text)
