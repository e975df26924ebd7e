"""What is written down about the receptors of each cell: every truth as a column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rashomon.sim.node import Scene
from rashomon.sim.repertoire.chain import carried_motif
from rashomon.sim.repertoire.epitope import motifs_of

__all__ = ["receptor_columns"]


def _classes(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical:
    return pd.Categorical.from_codes(np.asarray(codes, dtype=np.int64), categories=pd.Index(names, dtype=object))


_HALF = 0.5


def receptor_columns(s: Scene) -> Iterator[tuple[str, object, str | None]]:
    """Yield name, values and kind (None: no label definition) of what is known of the receptors of cells.

    Parameters
    ----------
    s
        From `Scene.cells`; nodes of clones are tables, so a cell has what its clone has.
    """
    of = s["clone"]
    if s.knobs["n_clones"]:
        names = tuple(f"clone_{number + 1}" for number in range(s["clone_donor"].size))
        yield "clone", _classes(of, names).remove_unused_categories(), "mechanism"
    yield from _signal_columns(s, of)
    if not s.knobs["loci"].startswith("IGH") and not s.fitted:
        yield "lineage", _classes(s["clone_lineage"][of], s.names["lineage"]), "mechanism"
    if s.knobs["invariant_share"]:
        yield "invariant", _classes(s["clone_invariant"][of], s.names["invariant"]), "mechanism"
    if s.knobs["public_share"]:
        yield "planted_public", s["clone_public"][of] >= 0, None
    if "donor_hla" in s.fitted:
        # all donors that are planted into a twin of one are like it
        carried = s.fitted["donor_hla"][np.minimum(s["donor"], len(s.fitted["donor_hla"]) - 1)]
        yield "donor_hla", _classes(carried - 1, s.names["hla"][1:]), "mechanism"
    if s.knobs["disease_share"]:
        yield "status", _classes(s["status"][s["donor"]], s.names["status"]), "mechanism"


def _signal_columns(s: Scene, of: np.ndarray) -> Iterator[tuple[str, object, str | None]]:
    if "label_share" in s.fitted:
        # of a twin: labelled with, which is not the same as sees; motifs and alleles are not known
        yield "epitope", _classes(s["clone_epitope"][of], s.names["epitope"]), "mechanism"
    elif s.n("epitope"):
        yield from _epitope_columns(s, of)
    for column, arm in enumerate(("alpha", "beta")):
        family = s["clone_family"][of, column]
        if (family >= 0).any():
            names = tuple(f"family_{number + 1}" for number in range(int(family.max()) + 1))
            yield f"{arm}_family", _classes(family, names).remove_unused_categories(), "mechanism"


def _epitope_columns(s: Scene, of: np.ndarray) -> Iterator[tuple[str, object, str | None]]:
    # an assay of one cell shows one epitope; the cells of a cross-reactive clone show two
    second = s["clone_second_epitope"][of]
    first = s["clone_epitope"][of]
    seen = np.where((second >= 0) & (s.chances("epitope shown")[:, 0] < _HALF), second, first)
    epitopes = s["epitope_signal"]
    yield "epitope", _classes(seen, s.names["epitope"]), "mechanism"
    # a receptor may carry one motif in each chain; together they are one class
    found, motifs = carried_motif(s), motifs_of(s)
    words = np.array([each.name for each in motifs] + [""], dtype=object)
    text = pd.Series(words[found[:, 0]]).str.cat(words[found[:, 1]], sep="+").str.strip("+")
    yield "motif", pd.Categorical(text.where(text != "")), "mechanism"
    yield "orphan", (seen >= 0) & (found < 0).all(axis=1), None
    alleles = tuple(dict.fromkeys(each.hla for each in epitopes))
    place = np.array([alleles.index(each.hla) for each in epitopes] + [-1])
    yield "hla", _classes(place[seen], alleles), "mechanism"
    if s.knobs["unlabelled"] or s.knobs["false_label"]:
        yield "epitope_label", _classes(s["clone_label"][of], s.names["epitope"]), "annotation"
