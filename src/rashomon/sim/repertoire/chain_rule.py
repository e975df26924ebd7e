"""What makes reading chains impossible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rashomon.sim.repertoire.knob import LOCI_OF

__all__ = ["chain_problems"]


def chain_problems(knobs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what knobs of chains do not go together: the knob, what is wrong, and what to do.

    Parameters
    ----------
    knobs
        Value of every knob, each legal alone.

    Examples
    --------
    >>> from rashomon.sim.mechanism import KNOBS
    >>> knobs = {name: knob.default for name, knob in KNOBS.items()}
    >>> list(chain_problems({**knobs, "vj_dropout": 0.5}))
    [('vj_dropout', 'receptors of TRB have no such chain', 'set loci, or leave it out')]
    """
    loci = LOCI_OF[knobs["loci"]]
    for name in ("hypermutation", "class_switching"):
        if knobs[name] and not loci[0].startswith("IGH"):
            yield name, "it is of B cells, and these receptors are of T cells", "set loci: IGH, IGH+IGK or IGH+IGL"
    for locus, names in zip(loci, (("vdj_umis", "vdj_dropout"), ("vj_umis", "vj_dropout")), strict=True):
        for name in names:
            if knobs[name] and not locus:
                yield name, f"receptors of {knobs['loci']} have no such chain", "set loci, or leave it out"
    alone = knobs["n_donors"] == 1 or (knobs["batch_plan"] == "nested" and knobs["n_donors"] == knobs["n_batches"])
    if knobs["index_hopping"] and alone:
        yield "index_hopping", "no batch holds a second sample for molecules to hop to", "raise n_donors"
