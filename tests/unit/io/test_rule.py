import ast
import re

import pytest

from rashomon.io import RULES, refuse
from tests.architecture.source import ROOT, SRC

CODE = re.compile(r"^(file|matrix|names|table|label|derive|receptor|modality)\.[a-z0-9_]+$|^output\.left_out$")
ROOMS = ("io", "truth")


def strings(paths):
    """Every string constant that looks like a code."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value):
                yield node.value


def raised():
    """Codes named in the modules that raise."""
    modules = (path for room in ROOMS for path in (SRC / room).rglob("*.py") if "rule" not in path.stem)
    return set(strings(modules))


def exercised():
    """Codes that a test asserts: first argument of `refused` or `noted`, case of a bad input, or end of a note."""
    calls, notes = [], set()
    for room in ROOMS:
        for path in (ROOT / "tests" / "unit" / room).rglob("test_*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls += [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            notes |= set(
                re.findall(r"((?:receptor|modality)\.[a-z_]+)", " ".join(t for t in texts if isinstance(t, str)))
            )
    names = [call.args[0] for call in calls if getattr(call.func, "id", "") in {"refused", "noted", "Case", "Remark"}]
    return {name.value for name in names if isinstance(name, ast.Constant)} | notes


def test_every_code_that_is_raised_is_registered():
    """An error with an unknown code could not be explained."""
    assert raised() - set(RULES) == set()


def test_every_rule_can_be_broken():
    """A rule that nothing raises is a promise that is not kept."""
    assert set(RULES) - raised() == set()


def test_every_rule_is_exercised():
    """Each rule has a test that breaks it and asserts code, place and value."""
    assert set(RULES) - exercised() == set()


def test_every_rule_says_all_it_must():
    """A rule says what is accepted, what to do and why, in sentences that the errors can carry."""
    for rule in RULES.values():
        texts = (rule.summary, rule.expected, rule.fix)
        assert all(texts), rule.name
        assert not any(text.endswith(".") for text in texts), rule.name
        assert rule.explanation.endswith("."), rule.name


def test_a_refusal_takes_the_texts_of_its_rule():
    """What is known better at the place replaces the text of the rule."""
    error = refuse("matrix.nan", "2 values are NaN", where="X", fix="drop cell c1")
    rule = RULES["matrix.nan"]
    assert (error.what, error.where, error.expected) == ("2 values are NaN", "X", rule.expected)
    assert (error.fix, error.code, error.exit_code) == ("drop cell c1", "matrix.nan", 3)


def test_an_unknown_code_is_a_mistake_of_ours():
    """A code is looked up, never invented."""
    with pytest.raises(Exception, match=r"unknown rule 'matrix\.nam'"):
        refuse("matrix.nam", "x", where="X")
