"""Why these defaults: the choices of the widest multiverse on data that come with the package, and what is refused."""

from __future__ import annotations

from functools import cache
from typing import Any

from rashomon import datasets
from rashomon.multiverse import BUDGETS, EXCLUDED, Multiverse, expression_multiverse, receptor_multiverse
from rashomon_docs.text import in_code, number, plain, table

__all__ = ["budgets", "choices", "excluded"]

_EXPRESSION, _RECEPTORS = "sc_mixology", "dash_mouse"


def choices(domain: str) -> str:
    """Return the choices of the budget ``full`` for ``expression`` or ``receptors``, with class, reason and source."""
    found = _expression() if domain == "expression" else _receptors()
    rows = []
    for choice in found.choices:
        for at, option in enumerate(choice.options):
            default = " (default)" if at == 0 else ""
            rows.append([
                in_code(choice.name) if at == 0 else "", f"{plain(number(option.level))}{default}",
                plain(option.equivalence), plain(option.rationale), plain(option.citation) or "–",
            ])  # fmt: skip
    said = [f"{in_code(each.choice)} = {plain(each.level)}: {plain(each.because)}" for each in found.not_run]
    left_out = f"\nNot run on this data set: {'; '.join(said)}.\n" if said else ""
    return table(["choice", "level", "class", "why an expert would defend it", "source"], rows) + left_out


@cache
def _expression() -> Multiverse:
    from rashomon.io import from_anndata

    source = datasets.DATASETS[_EXPRESSION]
    keys: Any = {f"{role}_key": column for role, column in source.roles}
    return expression_multiverse(from_anndata(datasets.load(_EXPRESSION), truths=source.truths, **keys), budget="full")


@cache
def _receptors() -> Multiverse:
    from rashomon.dataset import unique_receptors
    from rashomon.io import read_receptors

    dataset = read_receptors(datasets.path(_RECEPTORS))
    return receptor_multiverse(unique_receptors(dataset)[0], budget="full")


def excluded() -> str:
    """Return what is refused by name, why, and what to do instead."""
    rows = [
        [plain(each.name), in_code(each.choice), plain(each.summary), plain(each.instead), plain(each.citation)]
        for each in EXCLUDED.values()
    ]
    return table(["refused", "asked for in", "why", "do this", "source"], rows)


def budgets() -> str:
    """Return the budgets."""
    rows = [
        [in_code(each.name), plain(each.summary), "all" if each.max_pipelines is None else str(each.max_pipelines),
         str(len(each.seeds)), ", ".join(map(in_code, each.clusterers))]
        for each in BUDGETS.values()
    ]  # fmt: skip
    return table(["budget", "what is run", "most pipelines", "seeds", "clusterers of cells"], rows)
