import re
from importlib.resources import files

from rashomon.ask.receptor.word import RECEPTOR_WORDS
from rashomon.ask.stability.verdict import VERDICTS
from rashomon.report.mark import MARKS, RECEPTOR_MARKS


def test_every_verdict_has_its_own_sign():
    """The signs follow the meaning of the words and no two verdicts share one."""
    assert {name: mark.sign for name, mark in MARKS.items()} == {
        "comes back": "✓",
        "splits": "÷",
        "merges": "+",
        "only under": "◐",
        "does not come back": "✗",
        "cannot tell": "?",
    }
    assert list(MARKS) == list(VERDICTS)


def test_every_tone_is_in_the_style_sheet():
    """Each tone has a colour in light and in dark."""
    css = files("rashomon.report").joinpath("page.css").read_text(encoding="utf-8")
    for mark in MARKS.values():
        assert len(re.findall(rf"--{mark.tone}: #", css)) == 2
        assert f".{mark.tone} {{ color: var(--{mark.tone}); }}" in css


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_has_contrast_in_light_and_dark():
    """Every colour of text has a contrast of 4.5 or more with paper and panels (WCAG 2.1, level AA)."""
    css = files("rashomon.report").joinpath("page.css").read_text(encoding="utf-8")
    for block in re.findall(r":root \{(.*?)\}", css, flags=re.DOTALL)[:2]:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", block))
        for ground in ("paper", "panel"):
            for name in ("ink", "soft", "link", *(mark.tone for mark in MARKS.values())):
                light, dark = sorted((luminance(colours[ground]), luminance(colours[name])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{name} on {ground}"


def test_every_word_for_receptors_has_its_own_sign():
    """The words follow the order of their rules, and only "cannot tell" shares its sign with clusters of cells."""
    assert list(RECEPTOR_MARKS) == list(RECEPTOR_WORDS)
    signs = [mark.sign for mark in RECEPTOR_MARKS.values()]
    assert len(set(signs)) == len(signs)
    assert {mark.tone for mark in RECEPTOR_MARKS.values()} <= {mark.tone for mark in MARKS.values()}
    assert RECEPTOR_MARKS["cannot tell"] == MARKS["cannot tell"]
