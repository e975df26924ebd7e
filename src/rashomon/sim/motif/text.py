"""Motifs as people write them: genes, a seed or a matrix, and options, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.motif.matrix_text import MATRIX_MARK, parse_matrix
from rashomon.sim.motif.motif import Motif

__all__ = ["MOTIF_OPTIONS", "read_motif", "spelled_genes"]

MOTIF_OPTIONS = {
    "gap": "fewest and most residues in the gap of a seed; 0,2 where nothing is said",
    "weights": "where mismatches fall: one number per place of a seed",
    "min_score": "least log-odds of a match of a matrix, in bits",
    "window": "residues at both ends of a junction that are no part of the motif; 3,3 where nothing is said",
}
"""Words that may follow a seed or a matrix as ``word=numbers``, and what they mean; see `Motif`."""

_GAP = (0, 2)
_SEGMENT = 3


def read_motif(text: str, *, name: str, mismatches: Sequence[float] = (1.0,)) -> Motif:
    """Return the motif that a text names: a seed or a matrix, behind its genes and before its options, if any.

    Parameters
    ----------
    text
        ``SYGT``; ``SY/GT`` with a gap of up to two residues; ``.`` for any residue, ``[ST]`` for one of several;
        ``pwm:S[A.5G.5]Y`` for a matrix (see `rashomon.sim.motif.matrix_text.parse_matrix`); ``TRBV19 SYGT`` or
        ``TRBV19 TRBJ2-7 SYGT`` for chains with these genes only; ``SY/GT gap=1,3 weights=1,1,0,1 window=4,4`` and
        ``pwm:S[A.5G.5]Y min_score=4`` with options (`MOTIF_OPTIONS`).
    name
        Of the motif.
    mismatches
        Probabilities of 0, 1, 2 ... mismatches of a seed; a matrix has none beside its own shares.

    Raises
    ------
    UsageError
        ``motif.seed``, ``motif.pwm``, ``motif.mismatches`` or ``motif.window`` when it is none.

    Examples
    --------
    >>> motif = read_motif("TRBV19 RS.A weights=1,0,1,1", name="m")
    >>> motif.seed, motif.v_genes, motif.j_genes, motif.weights
    ('RS.A', ('TRBV19',), (), (1.0, 0.0, 1.0, 1.0))
    >>> read_motif("pwm:S[A.5G.5]Y", name="m").lengths
    (3,)
    """
    genes, pattern, words = _parts(text, name)
    options = _options(words, text, name)
    _ordered(genes, text, name)
    given: dict[str, Any] = {
        "window": options.get("window", Motif.window),
        "v_genes": tuple(gene for gene in genes if gene[_SEGMENT] == "V"),
        "j_genes": tuple(gene for gene in genes if gene[_SEGMENT] == "J"),
    }
    if pattern.startswith(MATRIX_MARK):
        given |= {"pwm": parse_matrix(pattern, where=f"motif {name!r}")}
    else:
        gap = _GAP if set(pattern) & set("/-") else (0, 0)
        given |= {"seed": pattern, "gap": gap, "mismatches": tuple(mismatches) or (1.0,)}
    # a matrix takes neither, and says so
    given |= {word: options[word] for word in ("gap", "weights") if word in options}
    return Motif(name, **given, min_score=options.get("min_score", (None,))[0])


def spelled_genes(text: str) -> tuple[str, ...]:
    """Return the genes that the text of a motif names.

    Examples
    --------
    >>> spelled_genes("TRBV19 SYGT window=4,4")
    ('TRBV19',)
    """
    return tuple(_parts(text, "")[0])


def _parts(text: str, name: str) -> tuple[list[str], str, list[str]]:
    """Return genes, pattern and options of a text."""
    words = text.split()
    plain = [word for word in words if "=" not in word]
    behind = words[len(plain) :]
    if not plain or any("=" not in word for word in behind):
        raise _refused(f"{text!r} has an option before its seed" if plain else f"{text!r} has no seed", name)
    return plain[:-1], plain[-1], behind


def _ordered(genes: list[str], text: str, name: str) -> None:
    strange = [gene for gene in genes if gene[_SEGMENT : _SEGMENT + 1] not in {"V", "J"}]
    if strange:
        raise _refused(f"{strange[0]!r} before the seed of {text!r} is no V or J gene", name)


def _options(words: Sequence[str], text: str, name: str) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key not in MOTIF_OPTIONS or key in found:
            fix = "say it once" if key in found else did_you_mean(key, MOTIF_OPTIONS)
            raise _refused(f"{key!r} is {'said twice' if key in found else 'no option'} in {text!r}", name, fix)
        whole = key in {"gap", "window"}
        try:
            found[key] = tuple((int if whole else float)(part) for part in value.split(","))
        except ValueError:
            found[key] = ()
        wanted = {"gap": 2, "window": 2, "min_score": 1}.get(key, len(found[key]))
        if not found[key] or len(found[key]) != wanted:
            raise _refused(f"{word!r} in {text!r} is no {key}", name, f"{key}: {MOTIF_OPTIONS[key]}")
    return found


def _refused(what: str, name: str, fix: str = "") -> UsageError:
    return UsageError(
        what,
        where=f"motif {name!r}",
        expected="genes, a seed or pwm:..., and options such as window=4,4, in this order",
        fix=fix,
        code="motif.seed",
    )
