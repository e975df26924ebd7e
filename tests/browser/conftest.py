"""A Chromium for all tests of this folder, found on this machine; where there is none, they are skipped and said so."""

import shutil
from importlib.util import find_spec

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NEEDED = ("playwright", "axe_core_python")


def why_not():
    """Why no browser can be started; empty where one can."""
    absent = [name for name in NEEDED if find_spec(name) is None]
    if absent:
        return f"{' and '.join(absent)} is not installed (pip install -e '.[browser]')"
    return "" if any(map(shutil.which, PROGRAMS)) else f"none of {', '.join(PROGRAMS)} is on the path"


@pytest.fixture(scope="session")
def chromium():
    """A browser without a window."""
    if reason := why_not():
        pytest.skip(f"no browser: {reason}")
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, PROGRAMS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A page as a reader has it, with everything that it says, asks for, and tries."""

    def __init__(self, browser, path, *, width=1280, scheme="light"):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.said, self.requests, self.dialogs, self.n_saved = [], [], [], 0
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", self._dialog)
        self.page.goto(path.as_uri())

    def _dialog(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open_all(self):
        """Unfold everything."""
        self.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    def saved(self, button):
        """What the browser saves at the press of a key: name and bytes."""
        # browsers ask their reader before a page saves more than ten files
        self.n_saved += 1
        if self.n_saved % 8 == 0:
            self.page.reload()
            self.open_all()
        button.focus()
        with self.page.expect_download() as download:
            self.page.keyboard.press("Enter")
        return download.value.suggested_filename, bytes(download.value.path().read_bytes())


@pytest.fixture
def visit(chromium):
    """Open a page; all are closed at the end."""
    visits = []

    def go(path, **options):
        visits.append(Visit(chromium, path, **options))
        return visits[-1]

    yield go
    for each in visits:
        each.context.close()
