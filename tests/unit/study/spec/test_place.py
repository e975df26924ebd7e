from ruamel.yaml import YAML

from rashomon.study.spec.place import find_places

TEXT = """# first
a: 1
b:
  c: [x, {d: y}]
  'e f':
    - 1
    - 2
b: again
"""


def test_keys_and_values_are_found():
    """Lines and columns from 1, in blocks and in brackets; of a repeated key the first."""
    places = find_places(TEXT)
    assert places.of(("a",), key=True) == (2, 1)
    assert places.of(("a",)) == (2, 4)
    assert places.of(("b", "c", 1, "d")) == (4, 14)
    assert places.of(("b", "e f", 1)) == (7, 7)
    assert places.of(("b",), key=True) == (3, 1)


def test_they_are_those_of_the_library():
    """Equal to what ruamel's own round-trip reader keeps."""
    text = TEXT.replace("b: again\n", "")
    read, places = YAML().load(text), find_places(text)
    for name in read:
        line, column = read.lc.key(name)
        assert places.of((name,), key=True) == (line + 1, column + 1)
        line, column = read.lc.value(name)
        assert places.of((name,)) == (line + 1, column + 1)


def test_what_is_absent_stands_where_it_would():
    """In the nearest thing above that is there."""
    places = find_places(TEXT)
    assert places.of(("b", "c", 1, "z")) == (4, 10)
    assert places.of(("z", "y")) == (2, 1)
    assert find_places("").of(("z",)) == (1, 1)
