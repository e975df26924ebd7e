import base64

import numpy as np

from rashomon.pl.canvas import new_axes
from rashomon.report.picture import MAX_VECTOR, picture_uri


def drawn(n):
    """A figure of `n` marks, each of them a shape of its own."""
    axes = new_axes(None, size=(4, 3), show=False)
    xy = np.random.default_rng(0).random((n, 2))
    axes.scatter(xy[:, 0], xy[:, 1], s=np.linspace(1, 20, n))
    return axes


def test_small_figures_are_vectors():
    """They stay sharp on paper, and readers can save them as such."""
    kind, _, text = picture_uri(lambda: drawn(10)).partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(text).startswith(b"<?xml")


def test_large_figures_are_pixels():
    """What would be larger than a page can bear becomes a PNG of a fraction of its size, the same every time."""
    kind, _, text = picture_uri(lambda: drawn(6000)).partition(";base64,")
    assert kind == "data:image/png"
    assert base64.b64decode(text).startswith(b"\x89PNG")
    assert len(text) < MAX_VECTOR / 2
    assert picture_uri(lambda: drawn(6000)).endswith(text)
