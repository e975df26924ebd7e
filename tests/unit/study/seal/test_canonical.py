"""Canonical JSON: equal content is equal bytes, and no other bytes are read."""

import json

import pytest

from rashomon.core import StoreError
from rashomon.study.seal.canonical import canonical_text, read_canonical, write_canonical

VALUE = {"b": [1, 2.5, None, True], "a": {"é": "ü", "z": ""}}


def test_what_is_written_is_read(tmp_path):
    """Reading gives what was written."""
    write_canonical(tmp_path / "a.json", VALUE)
    assert read_canonical(tmp_path / "a.json") == VALUE


def test_the_order_of_keys_has_no_part(tmp_path):
    """Equal content gives equal text, which is ASCII and other programs read."""
    text = canonical_text({name: VALUE[name] for name in reversed(VALUE)})
    assert text == canonical_text(VALUE)
    assert text.isascii()
    assert json.loads(text) == VALUE


OTHER_FORMS = {
    "a space at the end": lambda text: text + " ",
    "a space inside": lambda text: text.replace(" ", "  ", 1),
    "other line ends": lambda text: text.replace("\n", "\r\n"),
    "not ASCII": lambda text: text.replace("\\u00e9", "é"),
    "another spelling of a number": lambda text: text.replace("2.5", "2.50"),
    "no number": lambda text: text.replace("2.5", "NaN"),
    "half of it": lambda text: text[:-2],
    "a list": lambda _: "[]",
    "nothing": lambda _: "",
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_any_other_form_is_refused(tmp_path, name):
    """A space more, another line end, another spelling of a number, half a file: refused."""
    path = tmp_path / "a.json"
    changed = OTHER_FORMS[name](canonical_text(VALUE))
    assert changed != canonical_text(VALUE)
    path.write_bytes(changed.encode())
    with pytest.raises(StoreError, match=r"a\.json") as caught:
        read_canonical(path)
    assert caught.value.code == "seal.damaged"


def test_what_is_not_there_is_said(tmp_path):
    """A missing file has a code of its own."""
    with pytest.raises(StoreError, match=r"there is no a\.json") as caught:
        read_canonical(tmp_path / "a.json")
    assert caught.value.code == "seal.missing"
