"""Plain lists of records: names, summaries, rules, citations."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, get_args

from rashomon.core import resolve
from rashomon.dataset.truth import Origin, TruthKind
from rashomon.registries import REGISTRIES
from rashomon_docs.text import in_code, number, plain, table

__all__ = ["citations", "code_page", "records", "truths_of_the_package"]


def records(kind: str, *columns: str) -> str:
    """Return the records of one registry: names, and the fields `columns` (the summary where none is named)."""
    fields = columns or ("summary",)
    rows = [
        [in_code(record.name), *(_shown(getattr(record, field)) for field in fields)]
        for record in resolve(REGISTRIES[kind]).values()
    ]
    return table(["name", *(field.replace("_", " ") for field in fields)], rows)


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(in_code(each) if isinstance(each, str) else plain(each) for each in value) or "–"
    return plain(number(value)) or "–"


_ABOUT = """# Error codes

Every refusal says what is wrong, where, what was expected, and one fix, and ends with a code. `rashomon explain CODE`
adds why it is checked. This is the list of all of them.
"""


def code_page() -> str:
    """Return the page of every error code, by the door that it guards."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for record in resolve(REGISTRIES["codes"]).values():
        groups[record.name.split(".")[0]].append(record)
    parts = [_ABOUT]
    for name, group in sorted(groups.items()):
        rows = [
            [in_code(each.name), plain(each.summary), plain(each.expected), plain(each.fix), plain(each.explanation)]
            for each in group
        ]
        parts.append(f"## {name}\n\n" + table(["code", "what is wrong", "expected", "one fix", "why"], rows))
    return "\n".join(parts)


def citations() -> str:
    """Return every source that a record names, with the records that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, path in REGISTRIES.items():
        for record in resolve(path).values():
            sources = [getattr(record, "citation", ""), *getattr(record, "sources", ())]
            for text in sources:
                for one in str(text).split("; "):
                    if "(" in one:
                        found[one.strip().rstrip(".")].append(f"{kind}: {in_code(record.name)}")
    rows = [[plain(source), ", ".join(dict.fromkeys(users))] for source, users in sorted(found.items())]
    return table(["source", "named by"], rows)


def truths_of_the_package() -> str:
    """Return the kinds and the origins that a truth may have."""
    kinds, origins = (", ".join(map(in_code, get_args(each))) for each in (TruthKind, Origin))
    return f"Kinds: {kinds}. Origins: {origins}.\n"
