"""What a row is called in sentences: our own texts say cells, and mean receptors where the data are receptors."""

from __future__ import annotations

import re

from rashomon.dataset.dataset import Item

__all__ = ["in_items"]

_CELL = re.compile(r"\b([Cc])ell(s?)\b")


def in_items(text: str, item: Item) -> str:
    """Return one of our own texts with the word for a row in place of "cell".

    Never for texts with names from the data in them: a T cell stays one.

    Parameters
    ----------
    text
        Written about cells.
    item
        What a row is; the text is returned as it is for cells.

    Examples
    --------
    >>> in_items("Cells are exchangeable; a cell is not a cellar.", "receptor")
    'Receptors are exchangeable; a receptor is not a cellar.'
    """
    if item == "cell":
        return text
    return _CELL.sub(lambda found: (item.capitalize() if found[1] == "C" else item) + found[2], text)
