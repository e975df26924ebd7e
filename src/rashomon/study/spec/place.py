"""Where each key and each value of a YAML text stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Place", "Places", "find_places"]

Place = tuple[int, int]
"""Line and column, both from 1."""

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Places:
    """Places of keys and of values, by the keys and positions that lead to them.

    Parameters
    ----------
    keys, values
        Of mappings; of mappings and lists.
    """

    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)

    def of(self, path: Path, *, key: bool = False) -> Place:
        """Return where something stands, or what it would stand in.

        Parameters
        ----------
        path
            Keys and positions that lead to it.
        key
            Whether the key is meant, not its value.

        Examples
        --------
        >>> places = find_places("a:" + chr(10) + "  b: [1, 2]")
        >>> places.of(("a", "b", 1)), places.of(("a", "b"), key=True), places.of(("a", "c"))
        ((2, 10), (2, 3), (1, 1))
        """
        if key and path in self.keys:
            return self.keys[path]
        if path in self.values:
            return self.values[path]
        above = path[:-1]
        while above and above not in self.keys and above not in self.values:
            above = above[:-1]
        return self.keys.get(above) or self.values.get(above) or (1, 1)


def find_places(text: str) -> Places:
    """Return the places of a text that is YAML without tags, anchors or aliases.

    Parameters
    ----------
    text
        As `rashomon.sim.spec.document.parse_document` accepts it; of a repeated key the first counts.

    Returns
    -------
    Places of all keys and values.
    """
    from ruamel.yaml import YAML

    found = Places()
    root = YAML(typ="safe", pure=True).compose(text)
    if root is not None:
        _visit(root, (), found)
    return found


def _visit(node: Any, path: Path, found: Places) -> None:
    # the parser has refused deep nesting before
    found.values.setdefault(path, _place(node))
    if node.id == "mapping":
        for key, value in node.value:
            below = (*path, str(key.value))
            if below not in found.keys:
                found.keys[below] = _place(key)
                _visit(value, below, found)
    elif node.id == "sequence":
        for i, item in enumerate(node.value):
            _visit(item, (*path, i), found)


def _place(node: Any) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
