import hypothesis
import hypothesis.strategies as st

from rashomon.study.spec import AuditSpec, ColumnSummary, FileSummary, parse_spec, spec_template


def column(name, n=5):
    return ColumnSummary(name, n)


FILE = FileSummary(
    "data/pbmc 3k.h5ad",
    2700,
    columns=(column("leiden"), column("louvain"), column("donor"), column("lane"), column("cell_type"), column("no")),
    layers=("counts",),
    embeddings=("X_pca", "X_scVI"),
)


def read(summary):
    return parse_spec(spec_template(summary).encode())[0]


def test_a_template_is_a_study():
    """What was guessed is filled in, the rest has the defaults."""
    spec = read(FILE)
    assert spec.data.file == "data/pbmc 3k.h5ad"
    assert (spec.labels, spec.truths, spec.roles.donor, spec.roles.batch) == ("leiden", ("cell_type",), "donor", "lane")
    plain = AuditSpec.model_validate(
        {
            "rashomon": 1,
            "data": {"file": FILE.file},
            "labels": "leiden",
            "truths": ["cell_type"],
            "roles": {"donor": "donor", "batch": "lane"},
        }
    )
    assert spec == plain


def test_every_key_stands_there_with_a_comment():
    """In the line above, also below data, roles and engine; other columns are offered beside the chosen ones."""
    lines = spec_template(FILE).splitlines()
    for name, field in AuditSpec.model_fields.items():
        (at,) = [i for i, line in enumerate(lines) if line.startswith(f"{name}:")]
        assert f"# {field.description}" in lines[max(0, at - 8) : at]
    assert '#   or louvain, donor, lane, cell_type, "no"' in lines
    assert "  #   or X_pca, X_scVI" in lines
    assert "#   known: quick, default, full" in lines
    assert max(map(len, lines)) <= 120


def test_a_file_of_unknown_columns_is_judged_by_our_own_labels():
    """Nothing is guessed where no name says so."""
    spec = read(FileSummary("x.h5ad", 100, columns=(column("a"), column("b"))))
    assert (spec.labels, spec.truths, spec.roles.donor) == (None, None, None)


def test_what_a_file_declares_goes_before_guesses():
    """Truths of simulated data are written with their kind and origin."""
    declared = ("type=mechanism:external", "batch=technical:external")
    assert read(FileSummary("x.h5ad", 100, columns=(column("cell_type"),), declared=declared)).truths == declared


@hypothesis.given(st.lists(st.text(min_size=1, max_size=12), max_size=4), st.text(min_size=1, max_size=20))
def test_any_names_survive(names, file):
    """Quotes, brackets, line breaks, words of other versions of YAML, any script: they come back as they are."""
    columns = tuple(column(f"leiden {name}") for name in names) + tuple(map(column, names))
    spec = read(FileSummary(file, 100, columns=columns, layers=tuple(names), embeddings=tuple(names)))
    assert spec.data.file == file
    assert spec.labels in {None, *(each.name for each in columns)}


def test_a_name_with_an_equals_sign_gets_its_kind_spelled_out():
    """Without it the last part would be taken for the kind."""
    assert read(FileSummary("x", 100, columns=(column("cell_type=a"),))).truths == ("cell_type=a=annotation",)
