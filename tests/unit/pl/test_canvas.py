import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from rashomon.core import StoreError
from rashomon.pl import encode, house_style
from rashomon.pl.canvas import finish, new_axes, split


def drawn():
    """Axes with a line, a label and a scatter layer."""
    axes = new_axes(None, size=(2, 2), show=None)
    axes.plot([0, 1], label="line")
    axes.set_title("title")
    return axes


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_same_figure_is_the_same_bytes(kind):
    """A figure drawn twice gives the same file: no date, no random identifier."""
    assert encode(drawn(), kind=kind) == encode(drawn(), kind=kind)


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_format_is_the_one_asked_for(kind, start):
    """The bytes begin as files of that kind do."""
    assert encode(drawn(), kind=kind).startswith(start)


def test_script_unknown_to_the_font_is_drawn_without_a_warning():
    """A name in a script that the font lacks does not stop a report."""
    axes = drawn()
    axes.set_title("浆细胞")
    assert encode(axes, kind="svg")


def test_no_figure_is_kept_alive():
    """Without show, pyplot knows nothing of the figures, however many are drawn."""
    before = plt.get_fignums()
    for _ in range(3):
        drawn()
    assert plt.get_fignums() == before


def test_given_axes_are_used():
    """Axes of the caller are drawn into, not replaced."""
    mine = Figure().add_subplot()
    assert new_axes(mine, size=(1, 1), show=None) is mine


def test_show_alone_shows(monkeypatch):
    """A window opens when asked for, and only then."""
    calls = []
    monkeypatch.setattr(plt, "show", lambda: calls.append("shown"))
    axes = new_axes(None, size=(1, 1), show=True)
    finish(axes, show=None, save=None)
    finish(axes, show=False, save=None)
    assert calls == []
    finish(axes, show=True, save=None)
    assert calls == ["shown"]
    plt.close(axes.figure)


def test_save_writes_the_format_of_the_suffix(tmp_path):
    """The file is complete, of the format its name says, and nothing else is left in the folder."""
    finish(drawn(), show=None, save=tmp_path / "new" / "a.svg")
    assert (tmp_path / "new" / "a.svg").read_bytes() == encode(drawn(), kind="svg")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.svg"]


def test_save_into_a_file_is_a_store_error(tmp_path):
    """A folder that cannot be is an error that names the file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot write a\.png"):
        finish(drawn(), show=None, save=tmp_path / "file" / "a.png")


def test_house_style_is_left_as_it_was_found():
    """The settings of the user are back after the block."""
    before = plt.rcParams["font.size"]
    with house_style():
        assert plt.rcParams["axes.spines.top"] is False
    assert plt.rcParams["font.size"] == before


def test_split_fills_the_boxes():
    """Panels lie within the axes they divide."""
    axes = drawn()
    panels = split(axes, [(0, 0, 0.5, 1), (0.5, 0, 0.5, 1)])
    assert axes.child_axes == panels
