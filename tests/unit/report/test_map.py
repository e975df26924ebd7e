import base64
import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from rashomon.pl import visible
from rashomon.report.map import map_block
from tests import example_audit

HOSTILE = (
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\"><b onmouseover='alert(1)'>",
    "<!--", "{{ 7 * 7 }}", "\u202egnp.exe", "\x00\x1b[31m\n", "\ud800", "&lt;i&gt;",
)  # fmt: skip


class Tags(HTMLParser):
    """Tags with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def data_of(block):
    """The unpacked data block."""
    (text,) = re.findall(
        r'<script type="application/octet-stream" id="map-data">([A-Za-z0-9+/=]+)</script>', block.html
    )
    return gzip.decompress(base64.b64decode(text))


def head_of(block):
    data = data_of(block)
    return data[4 : 4 + int.from_bytes(data[:4], "little")]


def words_of(block):
    return " ".join(re.sub("<[^>]+>", " ", re.sub(r"base64,[^\"]+|<script.*?</script>", "", block.html)).split())


@pytest.fixture(scope="module")
def audit():
    return example_audit.audit()


@pytest.fixture(scope="module")
def block(audit):
    return map_block(audit)


def test_no_position_no_map(audit):
    """Without an embedding, or where it has no number for any cell, there is no map."""
    assert map_block(replace(audit, view=None)) is None
    assert map_block(replace(audit, view=(np.full((240, 2), np.nan), "X_umap"))) is None


def test_nothing_in_it_acts_or_loads(block):
    """The markup has one inert block, no handler, no style, no address; the script loads and runs nothing."""
    tags = Tags(block.html).found
    assert [attributes["type"] for tag, attributes in tags if tag == "script"] == ["application/octet-stream"]
    names = {name for _, attributes in tags for name in attributes}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    assert [attributes["src"][:22] for tag, attributes in tags if tag == "img"] == ["data:image/png;base64,"]
    assert not re.search(
        r"eval|Function\(|innerHTML|outerHTML|insertAdjacent|document\.write|fetch\(|XMLHttp", block.script
    )
    assert not re.search(r"import|src\s*=|setAttribute\(\"style", block.script)
    assert not re.search(r"url\(|@import", block.style)
    assert "</" not in block.script


def test_the_script_is_small_and_the_same_for_all(block):
    """One script of less than 350 lines for every audit, so that one hash allows it."""
    assert len(block.script.splitlines()) < 350
    assert map_block(example_audit.audit(n_obs=50, labels_only=False)).script == block.script


def test_same_audit_is_the_same_map(audit, block):
    """Nothing in it is random or dated."""
    assert map_block(audit).html == block.html


def test_still_picture_says_what_is_seen(block):
    """Without scripts there is a picture with numbers in its text, and words on how to read a map."""
    (picture,) = [attributes for tag, attributes in Tags(block.html).found if tag == "img"]
    assert base64.b64decode(picture["src"].partition(",")[2]).startswith(b"\x89PNG")
    assert re.search(r"240 cells \(X_umap\).*Mean stability is lowest", picture["alt"])
    assert "Positions: X_umap of the file." in words_of(block)
    assert "A map bends distances" in words_of(block)


def test_first_panels_are_clusters_labels_and_stability(block):
    """Panels begin with the judged clusters, the first label column and the stability of each cell."""
    (panels,) = [attributes for _, attributes in Tags(block.html).found if attributes.get("id") == "map-panels"]
    assert panels["data-panels"] == "0 3 2"
    assert panels["data-items"] == "cells"


def test_labels_alone_have_a_map(audit):
    """Without stability and verdicts the panels are filled with the labels there are."""
    block = map_block(replace(example_audit.audit(labels_only=True), view=audit.view))
    assert 'data-panels="0 1 2"' in block.html


def test_what_is_not_drawn_is_said(audit):
    """A sample, cells without a place and cells at the edge are counted in the caption."""
    xy = audit.view[0].copy()
    xy[:3] = np.nan
    xy[5] = 1e7
    words = words_of(map_block(replace(audit, view=(xy, "X_umap")), max_cells=100))
    assert "Drawn, as a random sample (counts are of all cells): 100 of 237 cells." in words
    assert "Without a position and not drawn: 3 of 240 cells." in words
    whole = words_of(map_block(replace(audit, view=(xy, "X_umap"))))
    assert "random sample" not in whole
    assert "Drawn at the edge, as they lie far outside: 1 of 237 cells." in whole


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("first two components", "first two components of the pipeline that was re-run"),
        ("X_pca", "the first two components of X_pca of the file"),
        ("<b>", "&lt;b&gt; of the file"),
    ],
)
def test_positions_say_where_they_are_from(audit, where, said):
    """The caption names the embedding of the file, or says that there was none, and what such a map hides."""
    words = words_of(map_block(replace(audit, view=(audit.view[0], where))))
    assert f"Positions: {said}" in words
    assert ("A map bends distances" in words) == ("components" not in said)
    assert ("Two components show a part" in words) == ("components" in said)


def test_names_of_cells_only_on_request(audit, block):
    """No name of a cell is in the page or its data, unless it was asked for."""
    assert "SECRET-CELL" not in block.html
    assert b"SECRET-CELL" not in data_of(block)
    assert b"SECRET-CELL-17" in data_of(map_block(audit, cell_names=True))


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_names_stay_text(block, payload):
    """Hostile names of columns, classes and clusters make no tag and no attribute: they are in the packed data."""
    hostile = map_block(example_audit.audit(hostile=payload))
    assert [(tag, *attributes) for tag, attributes in Tags(hostile.html).found] == [
        (tag, *attributes) for tag, attributes in Tags(block.html).found
    ]
    assert visible(hostile.html.replace("\n", "")) == hostile.html.replace("\n", "")
    names = [name for layer in json.loads(head_of(hostile))["layers"] for name in layer["names"]]
    assert sum(visible(payload) in name for name in names) > 8
