import pytest
from markupsafe import Markup

from rashomon.report.escape import finalize, pathless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ada/x.h5ad", "…/x.h5ad"),
        ("in /tmp/a/b/c.npy: gone", "in …/c.npy: gone"),
        ("'/root/.cache/x'", "'…/x'"),
        ("file:///srv/data/x.csv", "file://…/x.csv"),
        (r"C:\Users\ada\x.h5ad", "…/x.h5ad"),
        (r"\\server\share\x.h5ad", "…/x.h5ad"),
        ("CD4+/CD8+ T", "CD4+/CD8+ T"),
        ("T/NK/ILC", "T/NK/ILC"),
        ("CD4+/CD45RA+/CD25- Naive T", "CD4+/CD45RA+/CD25- Naive T"),
        ("CD14-/CD16-/x", "CD14-/CD16-/x"),
        ("3 / 4", "3 / 4"),
        ("</td></tr>", "</td></tr>"),
        ("obs/cell_type", "obs/cell_type"),
    ],
)
def test_only_absolute_paths_are_cut(text, shown):
    """Folders of a machine go, names of cell types stay."""
    assert pathless(text) == shown


def test_own_markup_passes_and_all_else_is_made_visible():
    """What the template wrote is left alone; a name of the same text is not markup."""
    assert finalize(Markup("<b>\u202e</b>")) == "<b>\u202e</b>"
    assert type(finalize("<b>")) is str
    assert finalize("a\u202eb") == "a\\u202eb"
    assert finalize(3) == "3"
