"""Small good tables of receptors, as text, to damage."""

JUNCTIONS = [f"CASS{residue}GETQYF" for residue in "ADEGHIKLNPQR"]
"""Twelve junctions of twelve residues."""


def airr(**changes):
    """An AIRR table of twelve beta chains of bulk data; columns may be replaced, added, or taken away with None."""
    columns = {
        "sequence_id": [f"s{i}" for i in range(12)],
        "v_call": ["TRBV9*01", "TRBV28*01"] * 6,
        "j_call": ["TRBJ2-5*01"] * 12,
        "junction_aa": JUNCTIONS,
        "productive": ["T"] * 12,
        "locus": ["TRB"] * 12,
        "duplicate_count": ["2"] * 12,
        "epitope": ["A", "B", "B"] * 4,
    }
    columns |= {name: [values] * 12 if isinstance(values, str) else values for name, values in changes.items()}
    return {name: values for name, values in columns.items() if values is not None}


def text(columns, separator="\t"):
    """The columns as a file has them."""
    rows = zip(*columns.values(), strict=True)
    return "\n".join(separator.join(fields) for fields in [columns, *rows]) + "\n"


def write(folder, content, name="table.tsv"):
    """Write text, bytes or columns to a file; return its path."""
    path = folder / name
    content = text(content, "," if name.endswith(".csv") else "\t") if isinstance(content, dict) else content
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def change(values, **at):
    """The values with some replaced: change(["a", "b"], _1="c")."""
    changed = list(values)
    for place, value in at.items():
        changed[int(place[1:])] = value
    return changed
