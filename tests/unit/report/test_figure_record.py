from rashomon import pl
from rashomon.pl.canvas import new_axes
from rashomon.report.figure_record import Figure


def test_figure_is_drawn_in_the_house_style():
    """Whatever was set before, the bytes are the same."""
    import matplotlib as mpl

    figure = Figure(
        "one", "truths", "What?", lambda _: True, lambda _: new_axes(None, size=(2, 2), show=None), lambda _: "words"
    )
    plain = figure.encode(None, kind="svg")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert figure.encode(None, kind="svg") == plain
    assert plain != pl.encode(new_axes(None, size=(2, 2), show=None), kind="png")
