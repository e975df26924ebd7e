"""What the cells of a map can be coloured by: clusters, findings, label columns, technical columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rashomon.dataset import Truth
from rashomon.dataset.noun import in_items
from rashomon.pl import visible
from rashomon.pl.style import MUTED, PALETTE, category_colour, category_colours
from rashomon.report.cluster import cluster_rows, tally
from rashomon.report.map_colour import VIRIDIS
from rashomon.study import Audit

__all__ = ["N_COLOURED", "Layer", "layers", "shown"]

N_COLOURED = 20
"""Classes with a colour, the largest ones, where there are too many; the others are grey until they are pointed at."""

_TOO_MANY = 42
"""Classes above which there are too many: up to here each shade of the palette is used twice at most."""

_SMALLER = "#a3a3a3"
"""Classes beyond those with a colour of their own."""

_MOST = 500
"""Classes with a name of their own, the largest ones; a longer list is no legend."""

_LONGEST = 80
"""Characters of a name."""

_TONES = {"back": 2, "part": 1, "join": 3, "only": 0, "gone": 5}
"""Place in the palette by tone of a verdict; further words of a tone get its darker, then its lighter shade."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One way to colour the cells.

    Parameters
    ----------
    title
        As it stands in the list of what can be chosen.
    group
        Heading it stands under.
    codes
        Class of each cell, shape ``(n_obs,)``; negative where it has none.
    names, colours
        Of the classes, in the order of the codes; a colour is ``#rrggbb``. For numbers: none, and even stops.
    none
        What a cell without a class is called.
    n_coloured
        So many of the classes, the first, have a colour; the others share a grey and lie below.
    marked
        What has a name on the map: a code per cell, shape ``(n_obs,)``, and a text per code; the classes when None.
    values
        For numbers in place of classes: in [0, 1], shape ``(n_obs,)``, NaN unknown; `codes` are empty then.
    """

    title: str
    group: str
    codes: np.ndarray
    names: tuple[str, ...]
    colours: tuple[str, ...]
    none: str = "no label"
    n_coloured: int = 0
    marked: tuple[np.ndarray, tuple[str, ...]] | None = None
    values: np.ndarray | None = None


def layers(audit: Audit) -> list[Layer]:
    """Return every way to colour the cells of `audit`, without those in which no cell has a class.

    Colours are those of the file where it has one for every class of a column, else those of all figures. Many classes
    stand by size, the largest first, few in their own order.

    Parameters
    ----------
    audit
        What was found.

    Returns
    -------
    The judged clusters, the two labellings after merging, verdict and stability, label columns, technical columns. Each
    holds at most 500 classes; smaller ones share the last.
    """
    return [layer for layer in (*_clusters(audit), *_findings(audit), *_columns(audit)) if _known(layer)]


def _known(layer: Layer) -> bool:
    return bool((layer.codes >= 0).any() if layer.values is None else np.isfinite(layer.values).any())


def _clusters(audit: Audit) -> Iterator[Layer]:
    judged = audit.judged
    none = "in no cluster"
    colours = _palette(judged.sizes, judged.categories, audit.dataset.colours.get(judged.name, {}))
    title = f"{shown(judged.name)} (the clusters judged)"
    yield _layer(title, "Clusters", judged.codes, judged.categories, colours=colours, none=none)
    for name in ("recommended", "conservative"):
        if name in audit.cells:
            codes, names = _merged(audit.cells[name].to_numpy(dtype=object), judged.codes)
            # what is merged keeps the colour of its largest part, so that panels can be compared by eye
            kept = [colours[_largest_part(codes == code, judged.codes)] for code in range(len(names))]
            title = f"{name} labelling ({_counted(names, judged.categories)})"
            yield _layer(title, "Clusters", codes, names, colours=kept, none=none)


def _merged(labels: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return codes and names of merged labels, in the order of the clusters they begin with."""
    there = np.flatnonzero(codes >= 0)
    order = there[np.argsort(codes[there], kind="stable")]
    names = tuple(dict.fromkeys(str(label) for label in labels[order] if label))
    places = {name: code for code, name in enumerate(names)}
    return np.array([places.get(str(label), -1) for label in labels], dtype=np.int32), names


def _largest_part(inside: np.ndarray, codes: np.ndarray) -> int:
    return int(np.bincount(codes[inside & (codes >= 0)]).argmax())


def _counted(names: Sequence[str], clusters: Sequence[str]) -> str:
    return f"all {len(names)} as they are" if len(names) == len(clusters) else f"{len(names)} of {len(clusters)} remain"


def _findings(audit: Audit) -> Iterator[Layer]:
    if len(audit.clusters):
        rows = cluster_rows(audit)
        words = [name for _, name, _ in tally(rows)]
        signs = {row.verdict: row.mark for row in rows}
        word_of = {row.cluster: words.index(row.verdict) for row in rows}
        of_cluster = np.array([*(word_of.get(name, -1) for name in audit.judged.categories), -1], dtype=np.int32)
        codes = of_cluster[np.maximum(audit.judged.codes, -1)]
        names = tuple(f"{signs[word].sign} {word}" for word in words)
        colours = [*_tones([signs[word].tone for word in words])]
        made = _layer("verdict of the cluster", "What was found", codes, names, colours=colours, none="in no cluster")
        # a word is true of many places: its sign stands on each cluster
        sign_of = {row.cluster: row.mark.sign for row in rows}
        texts = tuple(sign_of.get(name, "") for name in audit.judged.categories)
        yield replace(made, marked=(audit.judged.codes, texts))
    if "stability" in audit.cells:
        title = in_items("stability of each cell", audit.dataset.item)
        values = audit.cells["stability"].to_numpy(dtype=np.float64)
        yield Layer(title, "What was found", np.empty(0, dtype=np.int32), (), VIRIDIS, "not known", values=values)


def _tones(tones: Sequence[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for tone in tones:
        again = seen.get(tone, 0)
        seen[tone] = again + 1
        yield category_colour(_TONES[tone] + again * len(PALETTE)) if tone in _TONES else MUTED


def _columns(audit: Audit) -> Iterator[Layer]:
    roles = {truth.name: role for role, truth in audit.dataset.roles}
    truths = [truth for truth in audit.dataset.truths.values() if truth.name not in roles]
    for truth in (truth for truth in truths if truth.kind != "technical"):
        circular = truth.is_circular(audit.dataset.made_from)
        yield _column(audit, truth, "Label columns", "made from the same data" if circular else "")
    for truth in (truth for truth in truths if truth.kind == "technical"):
        yield _column(audit, truth, "Technical columns", "")
    for role, truth in audit.dataset.roles:
        yield _column(audit, truth, "Technical columns", "" if truth.name == role else role)


def _column(audit: Audit, truth: Truth, group: str, said: str) -> Layer:
    title = f"{shown(truth.name)} ({said})" if said else shown(truth.name)
    sizes = np.bincount(truth.codes[truth.codes >= 0], minlength=len(truth.categories))
    colours = _palette(sizes, truth.categories, audit.dataset.colours.get(truth.name, {}))
    return _layer(title, group, truth.codes, truth.categories, colours=colours, none="no label")


def _layer(
    title: str, group: str, codes: np.ndarray, names: Sequence[str], *, colours: Sequence[str], none: str
) -> Layer:
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    grey = np.array([colour == _SMALLER for colour in colours], dtype=bool)
    order = _order(names, sizes)
    kept = order[np.argsort(grey[order], kind="stable")][:_MOST]
    places = np.full(len(names) + 1, kept.size, dtype=np.int32)
    places[kept] = np.arange(kept.size)
    places[-1] = -1
    left_out = [f"{len(names) - kept.size:,} smaller ones"] if len(names) > kept.size else []
    return Layer(
        title,
        group,
        places[np.maximum(codes, -1)],
        (*(shown(names[code]) for code in kept), *left_out),
        (*(colours[code] for code in kept), *[_SMALLER] * len(left_out)),
        none,
        int((~grey[kept]).sum()),
    )


def _order(names: Sequence[str], sizes: np.ndarray) -> np.ndarray:
    """Return many classes by size, numbers as numbers (2 before 10), others in their own order."""
    if len(names) > _TOO_MANY:
        return np.argsort(-sizes, kind="stable")
    if all(name.isdecimal() for name in names):
        return np.argsort([int(name) for name in names], kind="stable")
    return np.arange(len(names))


def _palette(sizes: np.ndarray, names: Sequence[str], own: Mapping[str, str]) -> list[str]:
    colours = category_colours(names, own)
    if own or len(names) <= _TOO_MANY:
        return colours
    largest = np.argsort(-sizes, kind="stable")[:N_COLOURED]
    shades = {int(code): category_colour(place) for place, code in enumerate(largest)}
    return [shades.get(code, _SMALLER) for code in range(len(names))]


def shown(name: object) -> str:
    """Return a name from the data as the map shows it: one line, cut where it is very long.

    Parameters
    ----------
    name
        Of a class or a column.

    Examples
    --------
    >>> shown("CD4 T"), len(shown("x" * 200))
    ('CD4 T', 80)
    """
    # a name is shown whole: CD4+/CD45RA+/CD25- is no path
    text = visible(name)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
