"""Hostile text in every field of every kind of page stays text in a browser: nothing runs, nothing is made of it."""

import csv
import io
from collections import Counter
from functools import cache

import numpy as np
import pytest

from rashomon import report
from rashomon.dataset import Truth
from rashomon.report.escape import finalize
from rashomon.truth import relations
from tests.browser.conftest import Visit
from tests.browser.variant import EACH, MAKERS, undrawn
from tests.unit.report.test_page import HOSTILE

TAGS = """[...document.querySelectorAll("*")].filter((each) => !each.closest("#map-panels")).map((each) => {
  const own = [...each.attributes].map((attribute) => attribute.name).sort();
  return [each.tagName, ...own.filter((name) => name !== "tabindex" && name !== "aria-sort")].join(" ");
})"""
"""Boxes that scroll gain a tabindex, tables of two rows or more can be sorted; the map has tests of its own."""

VIOLENT = """() => {
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  document.querySelectorAll("th button").forEach((each) => each.click());
  document.querySelectorAll("input[type=search]").forEach((each) => {
    each.value = "<script>alert(1)</script>";
    each.dispatchEvent(new Event("input"));
  });
  document.querySelectorAll("*").forEach((each) => {
    each.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    if (each.tabIndex >= 0) each.focus();
  });
}"""


ACTIVE = {"A", "B", "BASE", "BUTTON", "EMBED", "FORM", "H1", "H2", "I", "IFRAME", "IMG", "LINK", "META", "OBJECT"}
ACTIVE |= {"SCRIPT", "STYLE", "TITLE"}
"""Elements that do something, or that a payload names: there are no more than without it."""


def elements(seen):
    """Every element with the names of its attributes; afterwards everything that can be done was done."""
    if seen.page.query_selector("#map-panels"):
        # the map is made by a script, a moment after the page
        seen.page.wait_for_selector("#map-panels[data-drawn]", timeout=30_000)
    found = Counter(seen.page.evaluate(TAGS))
    seen.page.evaluate(VIOLENT)
    return found


def assert_harmless(seen, plain):
    """No new kind of element or attribute, no more of those that act, no dialog, no complaint, no request."""
    found = elements(seen)
    assert set(found) - set(plain) == set()
    assert all(n <= active(plain)[name] for name, n in active(found).items())
    assert seen.dialogs == seen.said == []
    assert all(url.startswith(("file:", "data:")) for url in seen.requests)


def active(found):
    """How many there are of the elements that do something."""
    return {name: sum(n for kind, n in found.items() if kind.split()[0] == name) for name in ACTIVE}


@pytest.fixture(scope="module")
def plain(tmp_path_factory, chromium):
    """Elements of each kind of page without hostile text."""
    folder = tmp_path_factory.mktemp("plain")

    @cache
    def found(name):
        seen = Visit(chromium, undrawn(MAKERS[name], folder))
        try:
            return elements(seen)
        finally:
            seen.context.close()

    return found


def test_there_are_thirty_payloads():
    """Of every kind: elements, handlers, addresses, ends of style, templates, direction, formulas, length."""
    assert len(set(HOSTILE)) >= 30


@pytest.mark.parametrize("name", EACH)
def test_all_payloads_stay_text_in_every_kind_of_page(name, plain, visit, tmp_path):
    """No dialog, no complaint, no element and no attribute more than without them; each is there to be read."""
    seen = visit(undrawn(MAKERS[name], tmp_path, " ".join(HOSTILE)))
    assert_harmless(seen, plain(name))
    text = seen.page.evaluate("document.body.textContent")
    squeezed = " ".join(text.split())
    for payload in HOSTILE:
        if name == "truths" and payload == "\ud800":
            continue
        assert " ".join(finalize(payload).split()) in squeezed


@pytest.mark.slow
@pytest.mark.parametrize("payload", HOSTILE)
def test_each_payload_alone_stays_text(payload, plain, visit, tmp_path):
    """No payload needs another to be harmless."""
    seen = visit(undrawn(MAKERS["single-cell"], tmp_path, payload))
    assert_harmless(seen, plain("single-cell"))


def test_saved_tables_run_in_no_spreadsheet(visit, tmp_path):
    """No field of a file begins a formula, and none is lost."""
    formulas = ("=HYPERLINK(1)", "@SUM(1)", "+cmd|' /C calc'!A1", "-2+3", "\tx", "5", "-5")
    truth = Truth("gate", "annotation", np.arange(70) % 7, formulas, "external")
    other = Truth("type", "annotation", np.arange(70) // 10, tuple("abcdefg"), "external")
    named = {"gate": truth, "type": other}
    path = undrawn(report.write_relations, named, relations(named), tmp_path / "out", source="a.h5ad", call={})
    seen = visit(path)
    name, saved = seen.saved(seen.page.locator(".grid[data-name=deciding] button", has_text="Save CSV"))
    assert name == "deciding.csv"
    fields = [field for row in csv.reader(io.StringIO(saved.decode(), newline="")) for field in row]
    assert set(fields) >= {f"'{each}" for each in formulas[:5]} | {"5", "-5"}
    assert not set(fields) & set(formulas[:5])
