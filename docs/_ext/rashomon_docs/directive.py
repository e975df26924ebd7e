"""The directive that puts a part made from a registry into a page, and the role that quotes a measured number."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from rashomon_docs.defaults import budgets, choices, excluded
from rashomon_docs.guarantee import assumptions, claims, guarantees
from rashomon_docs.listing import citations, records, truths_of_the_package
from rashomon_docs.result import quoted
from rashomon_docs.scores import perturbations, receptor_scores, scores, tripwires
from rashomon_docs.world import world_cards

__all__ = ["PARTS", "FromRegistry", "measured_role"]

PARTS = {
    "assumptions": assumptions,
    "budgets": budgets,
    "choices": choices,
    "citations": citations,
    "claims": claims,
    "excluded": excluded,
    "guarantees": guarantees,
    "perturbations": perturbations,
    "receptor_scores": receptor_scores,
    "records": records,
    "scores": scores,
    "tripwires": tripwires,
    "truths": truths_of_the_package,
    "worlds": world_cards,
}
"""What a page may ask for: functions from words to a text in MyST."""


class FromRegistry(SphinxDirective):
    """``from-registry PART [WORD ...]``: the text that the function of this name makes of the words."""

    required_arguments = 1
    optional_arguments = 30
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the parsed text."""
        name, *words = self.arguments
        return self.parse_text_to_nodes(PARTS[name](*words))


def measured_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return a number of ``benchmarks/results`` as text; see `rashomon_docs.result.quoted`."""
    del name, rawtext, lineno, inliner, options, content
    return [nodes.inline("", quoted(text), classes=["measured"])], []
