"""Columns: tables of named arrays with units and meanings.

A row is a post (a teaching post at a school, a principalship, a desk in the central office), so
shapes never change within a run. `filled` says whether somebody holds the post, `holder` counts who
has held it; a person is (post, holder).
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


class Table:
    """Named arrays over the same rows; subclasses declare them as Columns."""

    def __init__(self, rows):
        self.rows = rows
        for column in self.columns():
            array = np.zeros((*column.shape, rows), dtype=column.kind)
            if column.start:
                array[:] = column.start
            setattr(self, column.name, array)

    def __len__(self):
        return self.rows

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
