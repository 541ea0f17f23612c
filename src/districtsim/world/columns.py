"""Columns: tables of named arrays with units and meanings.

A row is a post (a teaching post at a school, a principalship, a desk in the central office), so
shapes never change within a run. `filled` says whether somebody holds the post, `holder` counts who
has held it; a person is (post, holder).

An array is made when somebody first looks at its column, so that columns nobody looks at cost
nothing; `Table.later` leaves values that follow from others to that moment, too.
"""

import numpy as np


class Column:
    """One attribute of every row: its unit, its meaning and what it starts as.

    shape  lengths of axes before the row axis: (3,) for a value per subject
    kind   NumPy dtype
    """

    def __init__(self, unit, meaning, start=0.0, shape=(), kind=float):
        self.unit, self.meaning, self.start = unit, meaning, start
        self.shape, self.kind = shape, kind

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, table, owner=None):
        """The array of a table, made now; from then on the table's own attribute is found first."""
        if table is None:
            return self
        make, given = table._later.pop(self.name, (self._at_start, (table.rows,)))
        table.__dict__[self.name] = array = make(*given)
        return array

    def _at_start(self, rows):
        array = np.zeros((*self.shape, rows), dtype=self.kind)
        if self.start:
            array[:] = self.start
        return array


class Table:
    """Named arrays over the same rows; subclasses declare them as Columns."""

    def __init__(self, rows):
        self.rows, self._later = rows, {}

    def __len__(self):
        return self.rows

    def later(self, name, make=None, *given):
        """Forget a column; it is make(*given) when somebody looks, without `make` as at the start.

        make   function defined in a module, so that a state can be copied and pickled
        given  what it takes; arrays that nobody writes into
        """
        self.__dict__.pop(name, None)
        self._later.pop(name, None)
        if make is not None:
            self._later[name] = make, given

    def untouched(self, name):
        """Whether a column is as at the start since nobody has looked at it, or it was forgotten;
        `later` gives it values, and who looks at it may write into it."""
        return name not in self.__dict__ and name not in self._later

    @classmethod
    def columns(cls):
        """The declared Columns, base class first."""
        found = {}
        for base in reversed(cls.__mro__):
            found.update({k: v for k, v in vars(base).items() if isinstance(v, Column)})
        return list(found.values())


class Posts(Table):
    """A table whose rows are posts that people hold."""

    key = Column("-", "lasting identity of the post, for draws", 0, kind=np.uint64)
    filled = Column("yes/no", "somebody holds the post", True, kind=bool)
    holder = Column("count", "how many people have held the post before", 0, kind=np.int64)
