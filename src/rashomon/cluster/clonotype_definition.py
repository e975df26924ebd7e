"""What makes two receptors one clonotype: every definition in use, named once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from rashomon.core import Registry, UsageError, did_you_mean

__all__ = ["CLONOTYPES", "ClonotypeArm", "ClonotypeDefinition", "SequenceMetric", "parse_definition"]

ClonotypeArm = Literal["alpha", "beta", "both", "any"]
SequenceMetric = Literal["identity", "hamming", "levenshtein", "bcr"]

_ARMS = get_args(ClonotypeArm)
_TEXT = re.compile(
    r"(?P<head>nt|aa|bcr|bcr-valley|(?:hamming|levenshtein)<=\d+)(?P<v>\+V)?(?P<j>\+J)?(?:,\s*(?P<arm>\w+))?"
)


@dataclass(frozen=True)
class ClonotypeDefinition:
    """What two receptors of one donor must share to be of one clonotype; links are closed by single linkage.

    Parameters
    ----------
    name
        As users write it; `parse_definition` reads it.
    summary
        One line for tables.
    sequence
        Junctions are compared in ``"nt"`` or ``"aa"``.
    arm
        ``"alpha"`` (the chain without D: alpha, gamma, light), ``"beta"`` (the chain with D: beta, delta, heavy),
        ``"both"``, or ``"any"``: links in one arm are enough.
    metric
        ``"identity"``; ``"hamming"`` or ``"levenshtein"`` up to `cutoff`; ``"bcr"``: Hamming distance divided by the
        length, up to `cutoff`.
    cutoff
        Largest distance that links; 0 with ``"identity"``. None with ``"bcr"``: the valley between the two modes of the
        distances to the nearest.
    same_v, same_j
        Whether the calls must meet: sets of genes, without alleles. A chain without call has no clonotype then.
    citation
        Where the definition comes from.
    """

    name: str
    summary: str
    sequence: Literal["nt", "aa"]
    arm: ClonotypeArm = "beta"
    metric: SequenceMetric = "identity"
    cutoff: float | None = 0
    same_v: bool = False
    same_j: bool = False
    citation: str = ""


def parse_definition(text: str) -> ClonotypeDefinition:
    """Return the definition that a text names.

    Parameters
    ----------
    text
        ``nt``, ``aa``, ``hamming<=D``, ``levenshtein<=D`` (of amino acids), then ``+V``, ``+J`` where genes must agree,
        then ``, ARM`` where it is not beta: ``aa+V+J, both``. For B cells ``bcr`` (same V and J, nucleotides that
        differ in at most 15 % of the places) and ``bcr-valley`` (the share is found in the data).

    Returns
    -------
    The definition; not only those of `CLONOTYPES` can be written.

    Raises
    ------
    UsageError
        ``clonotype.definition`` when the text is no definition.

    Examples
    --------
    >>> found = parse_definition("levenshtein<=2+V, any")
    >>> found.metric, found.cutoff, found.same_v, found.same_j, found.arm
    ('levenshtein', 2, True, False, 'any')
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise _unknown(text, fix=did_you_mean(text.strip(), CLONOTYPES))
    head, arm = found["head"], found["arm"] or "beta"
    if arm not in _ARMS:
        raise _unknown(text, fix=did_you_mean(arm, _ARMS))
    if head.startswith("bcr"):
        if found["v"] or found["j"] or found["arm"]:
            raise _unknown(text, fix="write bcr alone: it needs the heavy chain, V and J in any case")
        return _bcr(head)
    return _shared(head, arm=arm, same_v=bool(found["v"]), same_j=bool(found["j"]))  # type: ignore[arg-type]


def _unknown(text: str, *, fix: str) -> UsageError:
    return UsageError(
        f"{text!r} is no definition of a clonotype",
        where="clonotype",
        expected="nt, aa, hamming<=D or levenshtein<=D, [+V][+J][, alpha | beta | both | any]; bcr; bcr-valley",
        fix=fix,
        code="clonotype.definition",
    )


def _shared(head: str, *, arm: ClonotypeArm, same_v: bool, same_j: bool) -> ClonotypeDefinition:
    metric, _, cutoff = head.partition("<=")
    name = head + "+V" * same_v + "+J" * same_j + (f", {arm}" if arm != "beta" else "")
    genes = " and ".join(["V"] * same_v + ["J"] * same_j)
    chain = {"both": "both chains", "any": "either chain"}.get(arm, f"the {arm} chain")
    unit = "nucleotides" if head == "nt" else "amino acids"
    what = f"Equal {unit}" if not cutoff else f"At most {cutoff} by {metric.capitalize()} distance in the {unit}"
    same = f" and the same {genes}" if genes else ""
    return ClonotypeDefinition(
        name,
        f"{what} of the junction{same}, in {chain}.",
        "nt" if head == "nt" else "aa",
        arm,
        metric if cutoff else "identity",  # type: ignore[arg-type]
        int(cutoff or 0),
        same_v,
        same_j,
        "Sturm et al. (2020), Bioinformatics 36:4817",
    )


def _bcr(head: str) -> ClonotypeDefinition:
    """Return the definition of a B cell clone, with a fixed cutoff or with that of the data."""
    share = "15 %" if head == "bcr" else "a share found in the data"
    return ClonotypeDefinition(
        head,
        f"Heavy chains with the same V, J and length, whose nucleotides differ in at most {share} of the places.",
        "nt",
        metric="bcr",
        cutoff=0.15 if head == "bcr" else None,
        same_v=True,
        same_j=True,
        citation="Gupta et al. (2017), Journal of Immunology 198:2489",
    )


_HEADS = ("nt", "nt+V+J", "aa", "aa+V", "aa+V+J", "hamming<=1", "hamming<=1+V", "levenshtein<=1", "levenshtein<=1+V")

CLONOTYPES: Registry[ClonotypeDefinition] = Registry(
    "definition of a clonotype",
    [
        *(parse_definition(f"{head}, {arm}") for arm in ("beta", "alpha", "both", "any") for head in _HEADS),
        _bcr("bcr"),
        _bcr("bcr-valley"),
    ],
)
"""Definitions in use: of T cells in four arms, and of B cells."""
