"""The JSON Schema of study files, by which editors complete keys and mark what is wrong."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from rashomon.study.spec.common_spec import FORMAT
from rashomon.study.spec.model import AuditSpec
from rashomon.study.spec.world_spec import BenchmarkSpec

__all__ = ["spec_schema"]


def spec_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of study files, with the names that the registries hold today.

    What depends on several keys together is not in it; `read_spec` checks that too.

    Returns
    -------
    The schema in JSON types; the same for the same version of the package.

    Examples
    --------
    >>> schema = spec_schema()
    >>> sorted(schema["$defs"])[:3], schema["$defs"]["AuditSpec"]["properties"]["budget"]["enum"]
    (['AuditSpec', 'BenchmarkSpec', 'EngineSpec'], ['quick', 'default', 'full'])
    """
    found = TypeAdapter(AuditSpec | BenchmarkSpec).json_schema()
    for name in ("AuditSpec", "BenchmarkSpec"):
        found["$defs"][name]["properties"]["rashomon"] |= {"const": FORMAT}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Study file of rashomon",
        "description": f"Format {FORMAT}.",
        **found,
    }
