from itertools import pairwise

from matplotlib.colors import to_rgb

from rashomon.pl.style import PALETTE, category_colour, category_colours


def test_first_twenty_one_colours_differ():
    """Every category of a usual data set has a colour of its own, and each is one that matplotlib knows."""
    colours = [category_colour(i) for i in range(21)]
    assert len({to_rgb(colour) for colour in colours}) == 21
    assert tuple(colours[: len(PALETTE)]) == PALETTE


def test_colours_repeat_for_any_number():
    """There is a colour for every position; after three rounds they repeat."""
    assert category_colour(300) == category_colour(300 % 21)


def test_palette_differs_in_lightness_for_colour_blind_readers():
    """Each two neighbours of the palette differ by a tenth or more in lightness or in the blue-yellow direction."""
    for a, b in pairwise(PALETTE):
        (r, g, x), (s, h, y) = to_rgb(a), to_rgb(b)
        lightness = abs((0.3 * r + 0.59 * g + 0.11 * x) - (0.3 * s + 0.59 * h + 0.11 * y))
        assert max(lightness, abs((x - (r + g) / 2) - (y - (s + h) / 2))) > 0.1


def test_own_colours_are_taken_whole_or_not_at_all():
    """A palette of the data counts where it has a colour for every category."""
    own = {"a": "#ABCDEF", "b": "red", "c": "tab:blue"}
    assert category_colours(["b", "a"], own) == ["#ff0000", "#abcdef"]
    for bad in ({"a": "#ABCDEF"}, {**own, "b": "no colour"}, {}, None):
        assert category_colours(["a", "b"], bad) == list(PALETTE[:2])
    assert category_colours([]) == []
