import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex

from rashomon.pl.style import CONTINUOUS, category_colour
from rashomon.report.map_colour import PAPERS, VIRIDIS, between, contrast, legible


def test_stops_are_those_of_the_figures():
    """The stops are matplotlib's colour map of all figures, at even places."""
    assert list(VIRIDIS) == [to_hex(mpl.colormaps[CONTINUOUS](place)) for place in np.linspace(0, 1, len(VIRIDIS))]


def test_between_stops_is_near_the_whole_map():
    """Colours between the stops differ from matplotlib's by a few of 255 steps, and both ends are exact."""
    made = between(VIRIDIS, 251)
    assert (made[0], made[-1]) == (VIRIDIS[0], VIRIDIS[-1])
    channels = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in made])
    whole = np.array([mpl.colormaps[CONTINUOUS](place)[:3] for place in np.linspace(0, 1, 251)]) * 255
    assert np.abs(channels - whole).max() < 8


@pytest.mark.parametrize(
    ("colour", "on_white"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("#ff0000", 4.0)]
)
def test_contrast_is_that_of_the_guidelines(colour, on_white):
    """Values that the Web Content Accessibility Guidelines and their tools give, in either order."""
    assert contrast(colour, "#ffffff") == pytest.approx(on_white, abs=0.005)
    assert contrast("#ffffff", colour) == contrast(colour, "#ffffff")


@pytest.mark.parametrize("paper", PAPERS.values())
def test_every_colour_stands_out(paper):
    """All shades of the palette, both ends of the scale and the paper itself get enough contrast with the paper."""
    for colour in [*(category_colour(place) for place in range(21)), *VIRIDIS, paper]:
        assert contrast(legible(colour, paper), paper) >= 1.7


def test_what_stands_out_stays():
    """A colour with enough contrast is not touched."""
    assert legible("#0072b2", PAPERS["light"]) == "#0072b2"
    assert legible("#f0e442", PAPERS["dark"]) == "#f0e442"
