from rashomon.core import RowLog


def test_every_row_is_accounted_for():
    """Rows in = rows used + rows dropped, with place, number, reason and names."""
    log = RowLog(10).drop("filter", "no counts", ["c1", "c4"]).drop("labels", "no label", [f"d{i}" for i in range(5)])
    assert log.n_used == 3
    assert [str(entry) for entry in log.dropped] == [
        "filter: 2 dropped, no counts (c1, c4)",
        "labels: 5 dropped, no label (d0, d1, d2 and 2 more)",
    ]


def test_dropping_nothing_changes_nothing():
    """An empty list of names makes no entry."""
    log = RowLog(10)
    assert log.drop("filter", "no counts", []) is log


def test_logs_are_values():
    """Adding to a log makes a new one and keeps the old."""
    log = RowLog(3)
    longer = log.note("gene names were made unique").drop("filter", "empty", ["c"])
    assert log == RowLog(3)
    assert longer.notes == ("gene names were made unique",)


def test_lines_say_all_in_order():
    """The readable form starts with the counts and holds every drop and note."""
    log = RowLog(3).note("names repaired").drop("filter", "empty", ["c"])
    assert log.lines() == ["3 rows in, 2 used", "filter: 1 dropped, empty (c)", "names repaired"]
