"""A rule of the door: what must hold, why, and what to do when it does not."""

from __future__ import annotations

from dataclasses import dataclass

from rashomon.core import InputError

__all__ = ["DERIVE_RULES", "LABEL_RULES", "Rule"]


@dataclass(frozen=True)
class Rule:
    """One thing that must hold of what enters; ``rashomon explain CODE`` shows it.

    Parameters
    ----------
    name
        The code, dotted: ``matrix.nan``.
    summary
        What is refused, in one line.
    expected
        What is accepted.
    fix
        One thing to do next.
    explanation
        Why the rule exists: what would happen otherwise.
    """

    name: str
    summary: str
    expected: str
    fix: str
    explanation: str

    def broken(self, what: str, *, where: str, expected: str | None = None, fix: str | None = None) -> InputError:
        """Return the error that says that this rule is broken.

        Parameters
        ----------
        what
            What is wrong, with the value that was found.
        where
            The place: file, slot, column, first positions.
        expected, fix
            Replace those of the rule where more is known.

        Examples
        --------
        >>> rule = Rule("matrix.nan", "NaN", "finite numbers", "use layer=", "NaN spreads.")
        >>> print(rule.broken("3 values are NaN", where="X"))
        3 values are NaN
          where:    X
          expected: finite numbers
          fix:      use layer=
          code:     matrix.nan
        """
        return InputError(what, where=where, expected=expected or self.expected, fix=fix or self.fix, code=self.name)


LABEL_RULES = (
    Rule(
        "label.absent",
        "a label column does not exist",
        "the name of a column of obs",
        "give the name of an existing column",
        "Names are compared exactly, also in upper and lower case.",
    ),
    Rule(
        "label.repeated",
        "two columns have the name of the label column",
        "column names that occur once",
        "rename one of them: obs.columns = [...]",
        "With two columns of one name nobody can know which of them was meant.",
    ),
    Rule(
        "label.all_missing",
        "no row of the label column carries a class",
        "a column with at least two classes",
        "choose another column, or fill this one",
        "NaN and empty text mean 'missing'; the words unknown, doublets and junk mean 'no class'.",
    ),
    Rule(
        "label.one_class",
        "the label column has one class",
        "at least two classes",
        "choose a column that distinguishes rows",
        "Agreement with a single class is undefined: every partition, and none, agrees with it.",
    ),
    Rule(
        "label.all_unique",
        "almost every row has a class of its own",
        "classes that rows share: at least a tenth of the rows of a text column, two rows a class for numbers",
        "choose a column of classes, not of identifiers or measurements",
        "Barcodes and measurements are not classes. Agreement with labels that never repeat is undefined.",
    ),
    Rule(
        "label.numeric",
        "the label column holds measurements",
        "text, categories, booleans or whole numbers",
        "bin the column first, for example with pandas.cut, or choose another one",
        "Cluster names may be numbers; fractions with many values are measurements, and no classes follow from them.",
    ),
)
"""Rules of label columns; the door lists them with its own."""

DERIVE_RULES = (
    Rule(
        "derive.unmapped",
        "a mapping leaves classes out",
        "an entry for every class that occurs",
        "add the classes to the mapping, or keep them as they are: map(COLUMN, FILE.csv, keep)",
        "A class without entry would silently become 'no class', and its cells would leave every comparison.",
    ),
    Rule(
        "derive.mapping",
        "a mapping cannot be read",
        "a UTF-8 text file with two columns: class, coarser class",
        "write one line per class, separated by a comma, a tab or a semicolon",
        "A class may be listed once only, because two entries leave open which of them is meant. A header needs no"
        " mark: it is an entry for a class that does not occur.",
    ),
    Rule(
        "derive.source",
        "a recipe asks for measurements that are not there",
        "a numeric column of obs, or KEY:COLUMN for a column of obsm[KEY]",
        "name measurements that the file holds",
        "Columns of obsm have names when it holds a table; those of an array are known by number, or by the one list"
        " of as many names in uns.",
    ),
    Rule(
        "derive.number",
        "measurements of a recipe cannot be compared",
        "finite numbers, NaN where nothing was measured",
        "remove what is infinite or no number",
        "Classes from thresholds and quantiles follow the order of the values; text and infinity have no place in it.",
    ),
    Rule(
        "derive.probability",
        "the soft labels are no probabilities",
        "numbers between 0 and 1 that sum to 1 in every row, NaN in rows without",
        "divide each row by its sum, or take them through a softmax",
        "The largest entry of a row is compared with a minimal probability, which means nothing for scores or logits.",
    ),
)
"""Rules of derived truths."""
