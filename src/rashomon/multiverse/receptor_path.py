"""From a pipeline on receptors to the steps that run it."""

from __future__ import annotations

from collections.abc import Mapping

from rashomon.cluster import CLUSTERERS
from rashomon.encode import STEPS
from rashomon.engine import Call
from rashomon.multiverse.choice import Level
from rashomon.multiverse.clusterer import graph_step, parameters, reads_graph
from rashomon.multiverse.multiverse import Multiverse
from rashomon.multiverse.receptor_clone import CLONE, CLONE_DISTANCE

__all__ = ["LENGTHS", "cutoff_of", "distance_path", "receptor_path", "select_call"]

LENGTHS: Mapping[str, tuple[int, int]] = {"8-23": (8, 23), "any": (1, 1_000)}
"""Residues of a junction, anchors included, by level of the choice ``lengths``."""

_CUTOFFS = ("cutoff", "radius", "paired_radius", "share")
"""Choices that say how far apart two linked receptors may be; one of them applies."""


def select_call(pipeline: Mapping[str, Level]) -> Call:
    """Return the step that picks the chains of a `pipeline`."""
    shortest, longest = LENGTHS[str(pipeline.get("lengths", "8-23"))]
    return Call(
        STEPS["select_chains"],
        {
            "chain": pipeline["chain"],
            "dual": pipeline.get("dual", "primary"),
            "genes": pipeline.get("genes", "repaired"),
            "unit": pipeline.get("unit", "amino acids"),
            "min_length": shortest,
            "max_length": longest,
        },
    )


def cutoff_of(pipeline: Mapping[str, Level]) -> int | float:
    """Return the largest distance of two linked receptors; 0 where only equal ones are linked. A share for B cells.

    Examples
    --------
    >>> cutoff_of({"distance": "tcrdist", "radius": 18}), cutoff_of({"distance": "identity"})
    (18, 0)
    """
    given = next((float(pipeline[name]) for name in _CUTOFFS if name in pipeline), 0.0)
    return given if pipeline.get("distance") == CLONE else int(given)


def distance_path(pipeline: Mapping[str, Level]) -> list[Call]:
    """Return the steps from the chains of a `pipeline` to the sparse distances; Hamming where it uses none."""
    name, cutoff = str(pipeline.get("distance", "hamming")), cutoff_of(pipeline)
    if "distance" not in pipeline:
        cutoff = 1
    if name == CLONE:
        return [Call(CLONE_DISTANCE, {"cutoff": cutoff, "v": str(pipeline.get("v_match", "gene"))})]
    if name.startswith("tcrdist"):
        definition = "classic" if name.endswith("classic") else "tcrdist3"
        found = [Call(STEPS["tcrdist_distance"], {"cutoff": cutoff, "definition": definition})]
    else:
        found = [Call(STEPS["sequence_distance"], {"metric": name, "cutoff": cutoff})]
    v, j = str(pipeline.get("v_match", "none")), str(pipeline.get("j_match", "none"))
    return found if v == j == "none" else [*found, Call(STEPS["match_genes"], {"v": v, "j": j})]


def receptor_path(pipeline: Mapping[str, Level], multiverse: Multiverse, *, on_graph: Call | None = None) -> list[Call]:
    """Return the steps from the receptors to the labels of their rows.

    Parameters
    ----------
    pipeline, multiverse
        What is run, and where it comes from.
    on_graph
        A step that disturbs the weights of the links; only for clusterers that read them.
    """
    name = str(pipeline["clusterer"])
    clusterer = multiverse.clusterers[name] if name in multiverse.clusterers else CLUSTERERS[name]
    calls = [select_call(pipeline)]
    if "view" in clusterer.reads:
        calls.append(Call(STEPS["kmer_view"], {}))
    if "distances" in clusterer.reads or reads_graph(clusterer):
        calls += distance_path(pipeline)
    if reads_graph(clusterer):
        calls.append(Call(STEPS["similarity"], {"cutoff": cutoff_of(pipeline)}))
        calls += [] if on_graph is None else [on_graph]
        form = graph_step(clusterer)
        calls += [] if form is None else [Call(form)]
    taken = parameters(clusterer)
    params = {choice: level for choice, level in pipeline.items() if choice in taken}
    if "cutoff" in taken:
        # whatever the choice is called that sets it
        params["cutoff"] = cutoff_of(pipeline)
    last = Call(clusterer, params)
    return [*calls, last, Call(STEPS["spread"])]
