"""The choices that a study file may set: their names, what their levels are, and what they decide."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rashomon.core import Registry, resolve
from rashomon.study.spec.fault import Fault, nearest, shown

__all__ = ["CHOICES", "MOST_PIPELINES", "SpecChoice", "level_faults", "setting_faults", "unknown_levels"]

MOST_PIPELINES = 5000
"""Pipelines that a study may run, and combinations of levels that it may list."""


@dataclass(frozen=True)
class SpecChoice:
    """A choice as files name it; which of them a data set allows is known once it is read.

    Parameters
    ----------
    name, summary
        The name in the table of runs, and what is decided.
    levels
        What a level is: ``whole`` (a whole number), ``number`` (above 0), ``word`` (one that the data set decides), or
        the dotted path of the registry of its words.
    words
        Words beside those.
    counted
        Whether its levels make more pipelines; how fine clusters are, and seeds, do not.
    own
        Whether functions of the user are levels of it, too: `unknown_levels` says whether the study names them.
    """

    name: str
    summary: str
    levels: str = "word"
    words: tuple[str, ...] = ()
    counted: bool = True
    own: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """Words that are levels, where that does not depend on the data."""
        return (*(resolve(self.levels) if ":" in self.levels else ()), *self.words)

    def wrong(self, level: Any) -> Fault | None:
        """Return what is wrong with a level, a word or a finite number; None where nothing is.

        Parameters
        ----------
        level
            Of this choice.

        Examples
        --------
        >>> print(CHOICES["n_pcs"].wrong("many"))
        found the text 'many', expected a whole number above 0
        """
        if self.levels in {"whole", "number"}:
            least = 0 if self.name == "seed" else math.nextafter(0, 1)
            good = level in self.words if isinstance(level, str) else level >= least
            whole = self.levels == "whole"
            if good and (isinstance(level, str) or not whole or float(level).is_integer()):
                return None
            kind = "a whole number" if whole else "a number"
            also = "".join(f", or {word}" for word in self.words)
            return Fault(shown(level), f"{kind} {'of at least 0' if least == 0 else 'above 0'}{also}")
        if not isinstance(level, str):
            return Fault(shown(level), nearest("", self.known)[0] if self.known else "a word")
        if self.known and level not in self.known:
            return Fault(shown(level), *nearest(level, self.known))
        return None


CHOICES: Registry[SpecChoice] = Registry(
    "choice",
    [
        SpecChoice("normalise", "how counts of cells of different depth are made comparable",
                   "rashomon.multiverse.normalisation:NORMALISATIONS"),
        SpecChoice("n_genes", "how many variable genes are used", "whole", ("all",)),
        SpecChoice("gene_flavor", "how genes are ranked", "rashomon.multiverse.gene_flavor:GENE_FLAVORS"),
        SpecChoice("gene_batch", "whether genes are ranked within batches"),
        SpecChoice("excluded_genes", "genes that may not be chosen", "rashomon.encode.gene_set:GENE_SETS", ("none",)),
        SpecChoice("scale", "whether every gene has the same weight"),
        SpecChoice("pca_solver", "how components are computed"),
        SpecChoice("n_pcs", "how many principal components are used", "whole"),
        SpecChoice("integrate", "whether differences between batches are taken out"),
        SpecChoice("clusterer", "the rule that makes clusters", "rashomon.cluster:CLUSTERERS", own=True),
        SpecChoice("n_neighbours", "neighbours of each cell in the graph", "whole"),
        SpecChoice("metric", "how far two cells are apart", "rashomon.multiverse.graph_choice:METRICS"),
        SpecChoice("neighbour_search", "how neighbours are found", "rashomon.multiverse.graph_choice:SEARCHES"),
        SpecChoice("resolution", "how fine the communities are", "number", counted=False),
        SpecChoice("k", "how many clusters are asked for", "whole", counted=False),
        SpecChoice("min_cluster_size", "the smallest group that counts as a cluster", "whole", counted=False),
        SpecChoice("seed", "repeats with other random numbers", "whole", counted=False),
        SpecChoice("chain", "which chains of a receptor are compared"),
        SpecChoice("dual", "what happens to receptors with two chains of an arm"),
        SpecChoice("unit", "whether receptors are counted by amino acids or by nucleotides"),
        SpecChoice("lengths", "junctions of which lengths are kept"),
        SpecChoice("genes", "whether names of genes are repaired"),
        SpecChoice("distance", "how far two receptors are apart", "rashomon.multiverse.receptor_choice:DISTANCES",
                   ("clone",)),
        SpecChoice("v_match", "what linked receptors share of their V gene"),
        SpecChoice("j_match", "what linked receptors share of their J gene"),
        SpecChoice("cutoff", "residues in which linked receptors differ at most", "whole", counted=False),
        SpecChoice("radius", "largest TCRdist of one chain", "whole", counted=False),
        SpecChoice("paired_radius", "largest TCRdist of both chains", "whole", counted=False),
        SpecChoice("share", "largest share of nucleotides in which members of a clone differ", "number", counted=False),
        SpecChoice("inflation", "how fine the flow clusters are", "number", counted=False),
    ],
)  # fmt: skip
"""Every choice, those of cells first; a test compares them with what the multiverses offer."""


def unknown_levels(setting: Mapping[str, Any], own: Iterable[str]) -> Iterator[Fault]:
    """Yield the levels of one pipeline that are neither ours nor functions that the study names.

    Parameters
    ----------
    setting
        Level by choice.
    own
        Names of the user's functions.

    Examples
    --------
    >>> [fault.near for fault in unknown_levels({"clusterer": "laiden"}, ["mine"])]
    ["did you mean 'leiden'?"]
    >>> list(unknown_levels({"clusterer": "mine"}, ["mine"]))
    []
    """
    for name, level in setting.items():
        known = (*CHOICES[name].known, *own) if CHOICES[name].own else (level,)
        if level not in known:
            yield Fault(shown(level), *nearest(str(level), known), (name,))


def setting_faults(setting: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the levels of one pipeline, by choice; functions of the user may be among them.

    Parameters
    ----------
    setting
        Level by choice, as a file has it.

    Examples
    --------
    >>> [str(fault) for fault in setting_faults({"n_pcs": 30, "metrics": "cosine"})][0][:26]
    "found the unknown choice '"
    """
    known = {name: level for name, level in setting.items() if not _may_be_own(name, level)}
    yield from _faults((name, (name,), level) for name, level in known.items())


def _may_be_own(name: str, level: Any) -> bool:
    return name in CHOICES and CHOICES[name].own and isinstance(level, str) and level.isidentifier()


def level_faults(given: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with lists of levels by choice: one that does not exist, none, or too many combinations.

    Parameters
    ----------
    given
        Levels by choice, as a file has them.

    Examples
    --------
    >>> [str(fault) for fault in level_faults({"n_pcs": []})]
    ['found no level of n_pcs, expected one level or more']
    """
    lists = {name: levels for name, levels in given.items() if isinstance(levels, list | tuple)}
    for name, levels in lists.items():
        if not levels:
            yield Fault(f"no level of {name}", "one level or more", path=(name,))
    alone = ((name, (name,), level) for name, level in given.items() if name not in lists)
    listed = ((name, (name, i), level) for name, levels in lists.items() for i, level in enumerate(levels))
    yield from _faults((*alone, *listed), empty=[name for name, levels in lists.items() if not levels])
    n = math.prod(len(set(map(str, levels))) for name, levels in lists.items() if _is_counted(name))
    if n > MOST_PIPELINES:
        near = "give fewer levels: max_pipelines draws a balanced fraction of what they make"
        yield Fault(f"{n:,} combinations of levels", f"at most {MOST_PIPELINES:,}", near)


def _is_counted(name: str) -> bool:
    return name in CHOICES and CHOICES[name].counted


def _faults(levels: Iterable[tuple[Any, tuple[Any, ...], Any]], empty: Iterable[Any] = ()) -> Iterator[Fault]:
    unknown = [name for name in empty if name not in CHOICES]
    for name, path, level in levels:
        if name not in CHOICES:
            unknown.append(name)
        elif not _is_level(level):
            yield Fault(shown(level), "a word or a finite number", path=path)
        elif (fault := CHOICES[name].wrong(level)) is not None:
            yield Fault(fault.found, fault.expected, fault.near, path)
    for name in dict.fromkeys(unknown):
        yield Fault(f"the unknown choice {name!r}", *nearest(str(name), CHOICES), (name,), of_key=True)


def _is_level(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
