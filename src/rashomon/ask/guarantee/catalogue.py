"""Every guarantee that is stated, with where its rate was measured."""

from __future__ import annotations

from rashomon.ask.guarantee.record import Guarantee
from rashomon.core import Registry

__all__ = ["GUARANTEES"]

_FIRST = tuple(f"rashomon.structure.{name}" for name in ("residual", "component", "spectrum", "node"))
_NODE = (
    *_FIRST,
    *(f"rashomon.structure.{name}" for name in ("component_ica", "dip", "direction", "reference", "loop")),
)
_TREE = tuple(
    f"rashomon.structure.{name}"
    for name in ("dip", "judged_tree", "label_tree", "labelling", "loop", "residual", "split")
)
_TECHNICAL = (
    *(f"rashomon.ask.confounding.{name}" for name in ("technical", "nuisance", "nuisance_table")),
    "rashomon.ask.tripwire.cluster",
)
_POPULATION = (
    "rashomon.ask.structure.population",
    "rashomon.ask.structure.null_cluster",
    "rashomon.ask.structure.match",
    "rashomon.sim.estimate",
)
_SETS = ("rashomon.ask.stability.label_set",)

_COUNTS = "raw counts, negative binomial within a population, independent cells"
_KINDS = {
    "plain": "one population",
    "depth": "one population with two modes of depth",
    "batches": "one population in several batches",
    "heavy": "one population whose genes scatter widely in dispersion",
}
_CONTINUA = {
    "programmes": "correlated programmes",
    "line": "a gradient",
    "branches": "a branching gradient",
    "circle": "a closed gradient",
    "doublets": "one population with doublets",
}


def _never_groups() -> list[Guarantee]:
    kinds: list[tuple[str, str, tuple[str, ...]]]
    kinds = [(kind, said, ("structure", "groups")) for kind, said in _KINDS.items()]
    kinds += [(kind, said, ("groups",)) for kind, said in _CONTINUA.items()]
    words = {"structure": "said to have structure", "groups": "called groups"}
    rests_on = {"structure": _FIRST, "groups": _NODE}
    return [
        Guarantee(
            f"{event}_{kind}", "structure", f"{said} is not {words[event]}", words[event], 0.07, "at most",
            (_COUNTS, "400 cells, 300 genes"), f"{event}_{kind}", event, rests_on[event], "stored_counts",
        )
        for kind, said, events in kinds
        for event in events
    ]  # fmt: skip


def _rates() -> list[Guarantee]:
    technical = ("types with markers of their own", "one technical cause per cluster")
    named = [
        Guarantee(
            f"named_{cause}", "confounding", f"a cluster made by {said} is called technical", "called technical", 0.95,
            "at least", technical, f"confounding_{cause}", "named", _TECHNICAL, "counts",
        )
        for cause, said in {
            "batch": "one batch", "depth": "low depth", "mitochondria": "damaged cells", "doublets": "doublets"
        }.items()
    ]  # fmt: skip
    sets = [
        Guarantee(
            f"new_donors_{n}", "stability", f"{level:.0%} of the cells of a new donor have their label in the set",
            "donors with less", round(1 - level + 0.03, 2), "at most",
            ("donors are alike in what varies between them", f"{n} donors to calibrate on"),
            f"label_sets_of_new_donors_{n}", "short", _SETS, "donors",
        )
        for n, level in ((19, 0.95), (9, 0.90))
    ]  # fmt: skip
    split = ("labels may be made from the same counts", _COUNTS)
    families = [
        Guarantee(
            f"no_gap_{kind}", "structure", f"no gap is proven within {said}, wherever labels cut it", "any gap proven",
            0.07, "at most", split, f"label_tree_{kind}_kmeans", "false separation", _TREE, "stored_counts",
        )
        for kind, said in {
            "one_population": "one population",
            "two_groups": "either of two groups",
            "three_groups": "any of three groups",
        }.items()
    ]  # fmt: skip
    holds = [
        Guarantee(
            f"false_hold_{kind}", "stability", f"no cluster of {said} comes back better than those of a drawn one",
            "data sets with such a cluster", 0.07, "at most", (_COUNTS,), f"false_hold_{kind}", "any above",
            _POPULATION, "counts",
        )
        for kind, said in {"plain": "one population", "heavy": "one population with scattered dispersions"}.items()
    ]  # fmt: skip
    return [*families, *holds, *sets, *named]


GUARANTEES: Registry[Guarantee] = Registry("guarantee", [*_never_groups(), *_rates()])
