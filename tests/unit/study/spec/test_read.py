import io

import hypothesis
import hypothesis.strategies as st
import pytest
from ruamel.yaml import YAML

from rashomon.core import UsageError
from rashomon.study.spec import AuditSpec, BenchmarkSpec, parse_spec, read_spec, spec_remarks, study_folder
from rashomon.study.spec.read import MOST_FAULTS

HEAD = "rashomon: 1\ndata: {file: a.h5ad}\n"


def refused(text, *, code="spec.content"):
    """The lines of the error for a study file, without the bullets."""
    with pytest.raises(UsageError) as caught:
        parse_spec(text if isinstance(text, bytes) else text.encode(), name="s.yaml")
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    return [line.removeprefix("  - ") for line in caught.value.what.splitlines()]


def only(text):
    """The one fault of a study file."""
    head, line = refused(text)
    assert head == "the study file has an error"
    return line


def spec_of(text):
    return parse_spec(text.encode())[0]


def test_a_file_is_read_with_its_text(tmp_path):
    """The study, and the file as it stands with its comments; what it names need not be there."""
    text = "# mine\n" + HEAD + "labels: leiden  # ours\n"
    (tmp_path / "s.yaml").write_text(text)
    spec, kept = read_spec(tmp_path / "s.yaml")
    assert isinstance(spec, AuditSpec)
    assert (spec.labels, kept) == ("leiden", text)


def test_worlds_make_a_benchmark():
    """The key below data says of which kind a study is; a slip in it is recognised."""
    text = "rashomon: 1\ndata: {%s: {world: ideal, levels: {effect_size: [1, 2]}}}\n"
    assert isinstance(spec_of(text % "worlds"), BenchmarkSpec)
    assert any(
        "found the unknown key 'world', expected worlds, did you mean 'worlds'?" in s for s in refused(text % "world")
    )


def test_a_missing_file_is_said(tmp_path):
    """A path without a file, and a folder, are refused by name."""
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(UsageError, match=f"cannot read {path.name}") as caught:
            read_spec(path)
        assert caught.value.code == "spec.file"


@pytest.mark.parametrize(
    ("field", "word", "said"),
    [
        ("n_replicates", "no", "s.yaml:3:15: found the text 'no', expected a whole number"),
        ("n_replicates", "010", "found the text '010', expected a whole number, write 10, without quotes"),
        ("n_replicates", "12:30:45", "found the text '12:30:45', expected a whole number"),
        ("n_replicates", "1_000", "found the text '1_000', expected a whole number, write 1000, without quotes"),
        ("n_replicates", "20.5", "found 20.5, expected a whole number"),
        ("labels", "12", 's.yaml:3:9: found 12, expected a text, write "12", in quotes'),
        ("labels", "true", 'found true, expected a text, write "true", in quotes'),
        ("data: {file: a, receptors: on}\n#", "", "found the text 'on', expected true or false, write true"),
    ],
)
def test_b92_words_are_those_of_yaml_1_2(field, word, said):
    """`no` and `on` are text; `010`, `12:30:45` and `1_000` are no numbers; the line is said."""
    head = "rashomon: 1\n" if field.startswith("data") else HEAD
    assert said in only(f"{head}{field}: {word}\n")


def test_b92_a_number_with_an_exponent_is_a_number():
    """`1e-3` is a text to YAML 1.1 readers and a number to YAML 1.2; words that are labels stay as they are."""
    assert spec_of(HEAD + "multiverse: {resolution: 1e-3}\n").multiverse == {"resolution": (0.001,)}
    within = spec_of("rashomon: 1\ndata: {file: a, within: {on: [no, 010, 12:30:45]}}\n").data.within
    assert within == {"on": ("no", "010", "12:30:45")}


def test_b93_a_repeated_key_names_both_lines():
    """The last one does not win in silence."""
    assert only(HEAD + "seed: 1\nlabels: a\nseed: 2\n") == (
        "s.yaml:5:1: found 'seed' again, expected each key once, it stands at 3:1 already; keep one"
    )


def test_b94_an_unknown_key_is_refused_with_the_nearest():
    """At the top, below a key, among choices, and where it belongs somewhere else."""
    assert only(HEAD + "buget: quick\n").endswith("did you mean 'budget'?")
    assert only(HEAD + "roles: {doner: x}\n") == (
        "s.yaml:3:9: found the unknown key 'doner', expected donor, batch, sample or condition, did you mean 'donor'?"
    )
    choice = only(HEAD + "multiverse:\n  resolutionn: [1]\n")
    assert choice.startswith("s.yaml:4:3: found the unknown choice 'resolutionn', expected resolution, ")
    assert choice.endswith("did you mean 'resolution'?")
    assert only(HEAD + "use_rep: X_pca\n").endswith("write it below data")
    assert "found the key 'controls', expected it in the other kind of study only" in only(HEAD + "controls: true\n")


def test_b95_every_error_is_listed_at_once_in_the_order_of_the_file():
    """Faults of keys, types, names and the text itself stand together; above twenty the others are counted."""
    lines = refused(HEAD + "seed: -1\nseed: 2\nbudget: huge\nlabelz: a\nroles: {donor: 3}\nquestions: [power, por]\n")
    places = [line.split(": ")[0] for line in lines[1:]]
    assert lines[0] == "the study file has 6 errors"
    assert places == ["s.yaml:3:7", "s.yaml:4:1", "s.yaml:5:9", "s.yaml:6:1", "s.yaml:7:16", "s.yaml:8:20"]
    many = refused(HEAD + f"clusterers: [{', '.join(f'c{i}' for i in range(30))}]\n")
    assert (len(many), many[-1]) == (1 + MOST_FAULTS + 1, "and 10 more")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("multiverse: {resolution: [.nan]}", "found nan, expected a word or a finite number"),
        ("engine: {time_limit: .inf}", "found inf, expected a finite number"),
        ('engine: {time_limit: "0.5"}', "found the text '0.5', expected a number, write 0.5, without quotes"),
        ("engine: {time_limit: true}", "found true, expected a number"),
        ("multiverse: {resolution: -0.5}", "found -0.5, expected a number above 0"),
        ("multiverse: {n_pcs: 20.5}", "found 20.5, expected a whole number above 0"),
        ("multiverse: {n_pcs: [true]}", "found true, expected a word or a finite number"),
        ("n_replicates: 1", "found 1, expected a number of at least 2"),
        ("max_pipelines: 5001", "found 5001, expected a number of at most 5000"),
    ],
)
def test_b96_numbers_are_strict_finite_and_bounded(line, said):
    """Neither NaN nor infinity, neither texts nor truth values, nothing outside the range."""
    assert said in only(f"{HEAD}{line}\n")


def test_b97_grids_are_bounded_and_lists_hold_something():
    """A grid beyond any patience is refused with what draws from it, an empty list too; one pipeline is remarked."""
    levels = ", ".join(map(str, range(10, 110)))
    grid = only(HEAD + f"multiverse: {{n_pcs: [{levels}], n_neighbours: [{levels}]}}\n")
    assert "found 10,000 combinations of levels, expected at most 5,000" in grid
    assert "max_pipelines draws a balanced fraction" in grid
    assert "found no level of n_pcs, expected one level or more" in only(HEAD + "multiverse: {n_pcs: []}\n")
    assert "expected one entry or more" in only(HEAD + "questions: []\n")
    remarks = spec_remarks(spec_of(HEAD + "max_pipelines: 1\nseed: 0\n"), n_cores=8)
    assert remarks == ["one pipeline is run: it shows nothing about choices"]


def test_b98_repeats_are_run_once_and_said():
    """30 and 30.0 are one level."""
    spec = spec_of(HEAD + "seed: 0\nmultiverse: {n_pcs: [30, 50, 30.0]}\nclusterers: [ward, ward]\n")
    assert spec_remarks(spec, n_cores=8) == [
        "multiverse.n_pcs lists 30.0 twice; it is run once",
        "clusterers lists ward twice; it is run once",
    ]


def test_b99_the_seed_is_a_number_of_32_bits():
    """Absent it is 0, and that is said; negative, larger, and in words it is refused."""
    spec = spec_of(HEAD)
    assert (spec.seed, spec_remarks(spec, n_cores=8)) == (0, ["no seed is given; 0 is used, and recorded"])
    assert spec_of(HEAD + f"seed: {2**32 - 1}\n").seed == 2**32 - 1
    assert "found -1, expected a number of at least 0" in only(HEAD + "seed: -1\n")
    assert f"found {2**32}, expected a number below {2**32}" in only(HEAD + f"seed: {2**32}\n")
    assert "found the text 'lucky', expected a whole number" in only(HEAD + "seed: lucky\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "labels: !!python/object:os.system x\n", "s.yaml:3:9: found a tag, tag:yaml.org,2002:python/object"),
        (HEAD + "title: &a x\nlabels: *a\n", "s.yaml:3:8: found an anchor, &a"),
        (HEAD + "\tlabels: x\n", "s.yaml:3:1: found a tab"),
        (HEAD.encode() + b"labels: \xff\n", "s.yaml:3:1: found byte 41 is not UTF-8"),
        (HEAD + "---\n" + HEAD, "found a second document, expected one study per file"),
        ("", "found nothing, expected keys and values"),
        ("# only a comment\n", "found nothing, expected keys and values"),
        ("- a\n- b\n", "s.yaml:1:1: found a list, expected keys and values, beginning with rashomon: 1"),
        (HEAD + "labels: [a\n", "expected"),
        (HEAD + "x: " + "[" * 50 + "\n", "found it is nested more than 8 deep"),
    ],
)  # fmt: skip
def test_b100_only_plain_yaml_is_read(text, said):
    """No tag, anchor, alias or tab, one document in UTF-8; nothing is built before that is known."""
    assert said in only(text)


def test_b100_a_large_file_is_not_read():
    """Neither fifty megabytes nor a laugh that would unpack to them."""
    assert only("# " + "x" * 1_000_001).startswith("s.yaml:1:1: found more than 1,000,000 bytes")
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert any("found an anchor" in line for line in refused(laughs))


def test_b101_results_stay_beside_the_file(tmp_path):
    """No `..` and no absolute folder in a file; data may lie anywhere; the input is never written over."""
    for folder in ("../up", "a/../../b", "/etc/x", "C:\\x", "."):
        line = only(HEAD + f"out: '{folder}'\n")
        assert "expected a folder below that of this file, without .. and not absolute" in line
    spec = spec_of("rashomon: 1\ndata: {file: ../data/a.h5ad}\nout: results/one\n")
    path = tmp_path / "work" / "s.yaml"
    assert study_folder(spec, path) == tmp_path / "work" / "results" / "one"
    for out, what in (
        (tmp_path / "data", "written over a.h5ad"),
        (tmp_path, "written over"),
        (tmp_path / "data" / "a.h5ad" / "x", "written into a.h5ad"),
        ("/etc/rashomon", "a folder of the system"),
    ):
        with pytest.raises(UsageError, match=what) as caught:
            study_folder(spec, path, out=out)
        assert caught.value.code == "spec.output"


def test_b102_another_format_is_refused_with_both_versions():
    """A newer one before anything else is looked at; an older one does not exist yet; none is an error."""
    (line,) = refused("rashomon: 7\nwhatever: {is: new}\n", code="spec.version")
    assert line.startswith("s.yaml:1:11: found a study of format 7, expected format 1, the newest that rashomon ")
    assert only("rashomon: 0\ndata: {file: a}\n") == "s.yaml:1:11: found 0, expected 1"
    assert only("data: {file: a}\n").startswith("s.yaml:1:1: found no key 'rashomon', expected version of this format")


def test_b104_numbers_of_workers():
    """0 means all, negative ones are refused, and more than there are cores are cut down and said."""
    assert "found -5, expected a number of at least 0" in only(HEAD + "engine: {n_jobs: -5}\n")
    spec = spec_of(HEAD + "seed: 0\nengine: {n_jobs: 10000}\n")
    assert spec_remarks(spec, n_cores=4) == ["engine.n_jobs is 10000 and there are 4 cores; 4 are used"]
    assert spec_of(HEAD + "engine: {n_jobs: 0}\n").engine.n_jobs == 0


def outcome(content):
    """The code of the error for a file, and its lines; nothing when it is a study."""
    try:
        parse_spec(content, name="s.yaml")
    except UsageError as error:
        return error.code, error.what.splitlines()
    return "", []


@hypothesis.given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_study_or_refused(content):
    """Nothing else can come of a file: no other exception."""
    assert outcome(HEAD.encode() + content)[0] in {"", "spec.content", "spec.version"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@hypothesis.given(st.sampled_from([*AuditSpec.model_fields, *BenchmarkSpec.model_fields]), VALUES)
def test_any_value_of_any_key_is_accepted_or_refused_with_its_place(key, value):
    """Every refusal names the file, a line and a column, and says what was found."""
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump({"rashomon": 1, "data": {"file": "a"}, key: value}, stream)
    code, lines = outcome(stream.getvalue().encode())
    for line in lines[1:] if code == "spec.content" else []:
        assert (line.startswith("  - s.yaml:") and "found " in line) or line.startswith("  - and ")
