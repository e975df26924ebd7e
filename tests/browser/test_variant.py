"""Every kind of page as a browser has it: nothing is asked for, everything is drawn, saved, sorted, and can be read."""

import io

import numpy as np
import pandas as pd
import pytest

from rashomon.report.escape import pathless
from tests.browser.variant import EACH, MAKERS, recorded

SHORTER = """document.querySelectorAll('tbody, dl, ul.assumptions').forEach((list) => {
  [...list.children].slice(2).forEach((each) => each.remove());
})"""


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Path and tables of each kind of page, made when it is first asked for."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def page(name):
        if name not in made:
            made[name] = recorded(MAKERS[name], folder)
        return made[name]

    return page


@pytest.fixture(params=EACH)
def variant(request, pages):
    """Path and tables of one kind of page."""
    return pages(request.param)


def test_the_page_is_quiet_and_alone(variant, visit):
    """No word in the console, no request but for the file itself, every figure drawn."""
    path, _ = variant
    seen = visit(path)
    assert seen.said == []
    assert [url for url in seen.requests if not url.startswith("data:")] == [path.as_uri()]
    widths = seen.page.evaluate("[...document.images].map((each) => each.naturalWidth)")
    assert widths
    assert min(widths) > 0


def test_every_table_is_saved_whole(variant, visit):
    """A button for each, in the order of the page; pandas reads the table that was meant, marked where simulated."""
    path, tables = variant
    seen = visit(path)
    seen.open_all()
    buttons = seen.page.locator("button", has_text="Save CSV")
    assert buttons.count() == len(tables) > 0
    simulated = seen.page.locator("p.simulated").count() > 0
    for position, table in enumerate(tables):
        name, saved = seen.saved(buttons.nth(position))
        assert name == f"{table.name}.csv"
        read = pd.read_csv(io.BytesIO(saved), keep_default_na=False, na_values=[""])
        assert ("simulated_world" in read) == simulated
        assert_same(read, table.frame)


def assert_same(read, frame):
    """Numbers are equal, texts too, but for the folders of this machine."""
    assert len(read) == len(frame)
    for j, (name, column) in enumerate(frame.items()):
        assert read.columns[j].partition(".")[0] == str(name).partition(".")[0]
        if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype != bool:
            np.testing.assert_allclose(read.iloc[:, j].to_numpy(dtype=float), column.to_numpy(dtype=float))
        elif all(isinstance(each, str) and each[:1] not in "=+-@\t\r" for each in column):
            assert read.iloc[:, j].fillna("").astype(str).tolist() == [pathless(each) for each in column]


def test_every_figure_is_saved(variant, visit):
    """As pixels, and as vectors where it has them."""
    seen = visit(variant[0])
    n = seen.page.locator("figure.picture").count()
    for kind, magic in (("PNG", b"\x89PNG"), ("SVG", b"<?xml")):
        buttons = seen.page.locator("button", has_text=f"Save {kind}")
        assert 0 < buttons.count() <= n
        for position in range(buttons.count()):
            name, saved = seen.saved(buttons.nth(position))
            assert name.endswith(f".{kind.lower()}")
            assert saved.startswith(magic)
            assert len(saved) > 1000


def test_saved_figures_of_simulated_data_say_so(pages, visit):
    """The vectors in their description; what stands in the page is untouched."""
    seen = visit(pages("single-cell")[0])
    _, saved = seen.saved(seen.page.locator("button", has_text="Save SVG").first)
    assert b"<desc>simulated, not measured: world two types" in saved
    assert saved.rstrip().endswith(b"</svg>")


@pytest.mark.parametrize(("scheme", "options"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})])
def test_nothing_keeps_readers_out(variant, visit, scheme, options):
    """axe finds nothing serious: names, roles, keyboard, and contrast in both schemes; of rows alike it sees two."""
    from axe_core_python.sync_playwright import Axe

    seen = visit(variant[0], scheme=scheme)
    seen.open_all()
    seen.page.evaluate(SHORTER)
    found = Axe().run(seen.page, options=options)["violations"]
    grave = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], each["nodes"][0]["html"]) for each in grave] == []


@pytest.mark.parametrize("unfolded", [False, True])
def test_a_phone_shows_all_of_it(variant, visit, unfolded):
    """The page is never wider than 390 pixels, whatever is open; what is wider scrolls in its own box."""
    seen = visit(variant[0], width=390)
    if unfolded:
        seen.open_all()
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 390


def test_tables_are_sorted_by_keyboard(pages, visit):
    """Enter sorts up, then down, then as it was; numbers as numbers; what is undefined is last both times."""
    page = visit(pages("single-cell")[0]).page
    page.evaluate("document.querySelector('.grid[data-name=truths]').closest('details').open = true")
    heads = page.locator(".grid[data-name=truths] th[scope=col]")
    column = [text.strip(" ↕") for text in heads.all_text_contents()].index("AMI")

    def state():
        cells = page.locator(f".grid[data-name=truths] tbody td:nth-child({column + 1})").all_text_contents()
        return heads.nth(column).get_attribute("aria-sort"), cells

    given = state()
    assert given == ("none", ["0.78", "0.66", "0.04", "0.09", "–"])
    heads.nth(column).locator("button").focus()
    expected = [
        ("ascending", ["0.04", "0.09", "0.66", "0.78", "–"]),
        ("descending", ["0.78", "0.66", "0.09", "0.04", "–"]),
        given,
    ]
    for each in expected:
        page.keyboard.press("Enter")
        assert state() == each


def test_long_tables_are_filtered(pages, visit):
    """What is typed keeps the rows that have it, and their number is said."""
    page = visit(pages("single-cell")[0]).page
    page.evaluate("document.querySelector('.grid[data-name=rungs]').closest('details').open = true")
    grid = page.locator(".grid[data-name=rungs]")
    n = grid.locator("tbody tr").count()
    assert n == 40
    grid.locator("input").fill("thinning")
    assert grid.locator("tbody tr:visible").count() == 8
    assert grid.locator("[role=status]").text_content() == "8 of 40 rows"
    grid.locator("input").fill("")
    assert grid.locator("tbody tr:visible").count() == n


def test_the_keyboard_finds_the_way_in(pages, visit):
    """The first stop skips the contents, and every button and link can be reached."""
    page = visit(pages("single-cell")[0]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To what was found"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate(
        "[...document.querySelectorAll('button, a[href], summary')].every((each) => each.tabIndex >= 0)"
    )


def test_paper_shows_what_is_folded(pages, visit):
    """Before printing everything unfolds and afterwards it is as before; no button is on paper."""
    seen = visit(pages("single-cell")[0])
    page = seen.page
    closed = "document.querySelectorAll('details:not([open])').length"
    before = page.evaluate(closed)
    assert before > 5
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(closed) == 0
    assert page.locator("button:visible", has_text="Save").count() == 0
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(closed) == before


def test_paper_is_wide_enough(variant, visit):
    """Between the margins of A4 nothing is cut off: no table, figure or line reaches beyond the right edge."""
    page = visit(variant[0], width=718).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    beyond = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML)"
    assert page.locator("table, img, p, li, dd, canvas").evaluate_all(beyond) == []


def test_the_page_says_the_same_without_scripts(pages, chromium):
    """No button that does nothing, and every word of every section."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages("single-cell")[0].as_uri())
    assert page.locator("button").count() == 0
    assert page.locator("section#verify").count() == 1
    assert page.locator(".card").count() == 8
    context.close()
