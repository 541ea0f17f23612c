"""Agents: everybody in the district as a Mesa agent, each the view of one holder of one post.

An agent holds no data: its attributes are the columns of its row (`districtsim describe state`),
read and written in the state at that moment. What is read is a copy: to change one subject of a
teacher's skill, write the whole of `teacher.skill`. What people do is in the mechanisms, so that
`step` of an agent does nothing.

Somebody who leaves disappears from `model.agents`, and the successor is another agent with another
unique_id. So does somebody who transfers within the district: the columns move along to the new
post, whose holder is a new agent. Agents of those who left refuse to be read.
"""

import multiprocessing
from copy import deepcopy

import numpy as np

from districtsim.world import state as tables
from districtsim.world.errors import SettingError
from districtsim.world.state import ROLES, SUBJECTS, UNITS

_method = multiprocessing.get_start_method(allow_none=True)
import mesa  # noqa: E402  importing it forces "spawn" on the whole process ...
from mesa.agent import AgentSet  # noqa: E402

multiprocessing.set_start_method(_method, force=True)  # ... which is not ours to decide

_BOOKKEEPING = ("key", "filled", "holder")  # who is there is decided by turnover and hiring
_SET_BY_MESA = ("model", "unique_id", "pos", "cell")


def _attribute(column, tasks):
    """Property that reads and writes a column at the row of the view."""
    name = column.name

    def number(self):
        return getattr(self._table, name).item(self.row)

    def numbers(self):
        found = getattr(self._table, name)[..., self.row].copy()
        found.flags.writeable = False
        return found

    def by_task(self):
        return dict(zip(tasks, getattr(self._table, name)[:, self.row].tolist()))

    def write(self, value):
        if self._table is None:
            raise self._missing(name)
        where = f"{type(self).__name__}.{name}"
        if read is by_task:
            value = _by_task(value, by_task(self), where)
        getattr(self._table, name)[..., self.row] = _checked(value, column, where)

    read = by_task if tasks and name == "hours" else numbers if column.shape else number
    writer = None if name in _BOOKKEEPING else write
    return property(read, writer, doc=f"{column.meaning} ({column.unit})")


def _by_task(changes, present, where):
    """Hours of every task in order, changed where a dict says so."""
    if not isinstance(changes, dict) or not changes.keys() <= present.keys():
        tasks = ", ".join(present)
        raise SettingError(f"{where} is {changes!r}; it takes {{task: hours}} of: {tasks}.")
    return list({**present, **changes}.values())


def _checked(value, column, where):
    """The value as an array of the column's kind; one number may stand for all of a row's."""
    try:
        given = np.asarray(value)
    except ValueError:  # lists of different lengths
        given = np.asarray(None)
    fits = given.shape in ((), column.shape) and np.can_cast(given.dtype, column.kind, "same_kind")
    if not fits or not np.isfinite(given).all():
        what = {bool: "True or False", float: "a number"}.get(column.kind, "a whole number")
        shape = f" or {' x '.join(map(str, column.shape))} of them" if column.shape else ""
        raise SettingError(f"{where} is {value!r}; it takes {what}{shape}: {column.meaning}.")
    return given.astype(column.kind)


class Row:
    """A view of one row, with an attribute for every column of the subclass's table."""

    _table, _known = None, ""

    def __init_subclass__(cls, table=None, tasks=(), **kwargs):
        super().__init_subclass__(**kwargs)
        if table is None:
            return
        for column in table.columns():
            if not hasattr(cls, column.name):  # else the class says it better: `role`, `school`
                setattr(cls, column.name, _attribute(column, tasks))
        cls._known = ", ".join(column.name for column in table.columns())

    def __getattr__(self, name):
        raise self._missing(name)

    def __setattr__(self, name, value):
        known = hasattr(getattr(type(self), name, None), "__set__") or name in _SET_BY_MESA
        if not known and name[:1] != "_":  # a typing error would otherwise change nothing, silently
            raise self._missing(name)
        object.__setattr__(self, name, value)

    def __deepcopy__(self, memo):
        if id(self.model) not in memo:
            return self  # a view; only with its whole district can it be copied
        memo[id(self)] = found = object.__new__(type(self))
        found.__dict__.update(deepcopy(self.__dict__, memo))
        return found

    def _missing(self, name):
        text = f"{type(self).__name__} has no attribute {name!r}. Columns: {self._known}."
        return AttributeError(text, name=name, obj=self)

    def _people(self, table, rows):
        """AgentSet of those who hold the posts in these rows."""
        everybody = getattr(self.model.roster, table)
        found = [everybody[row] for row in rows if everybody[row] is not None]
        return AgentSet(found, random=self.model.random)


class Person(Row, mesa.Agent):
    """Somebody who holds a post; made by the model when somebody looks."""

    role = unit = ""

    def __init__(self, model, table, row):
        self.__dict__.update(_table=table, row=row)
        super().__init__(model)

    def __repr__(self):
        gone = " who left" if self._table is None else ""
        return f"<{type(self).__name__} {self.unique_id}{gone}>"

    def _missing(self, name):
        if self.__dict__.get("_table", self) is None:
            return AttributeError(
                f"{self!r} cannot be asked for {name!r}: the post is vacant or somebody else's."
            )
        return super()._missing(name)

    def remove(self):
        """Raises RuntimeError while the person holds a post: mechanisms decide who goes."""
        if self._table is not None:
            raise RuntimeError(
                f"{self!r} holds a post and cannot be removed: people go by the mechanism "
                "'turnover'. model.remove_all_agents() forgets the agents, not the people."
            )
        super().remove()


def retire(person):
    """Remove the agent of somebody who no longer holds the post."""
    person.__dict__["_table"] = None
    del person.__dict__["row"]
    person.remove()


class Teacher(Person, table=tables.Teachers, tasks=tables.TEACHER_TASKS):
    """Teaches at a school; skill by subject grows with feedback and PD that fits."""

    role, unit = "teacher", "schools"

    @property
    def school(self):
        """The School of the post."""
        return self.model.schools[self._table.school[self.row]]

    @property
    def principal(self):
        """The school's Principal; None while that post is vacant."""
        return self.model.roster.principals[self._table.school[self.row]]


class Principal(Person, table=tables.Principals, tasks=tables.PRINCIPAL_TASKS):
    """Leads a school's instruction with the hours that staffing and operations leave."""

    role, unit = "principal", "schools"

    @property
    def school(self):
        """The School that the principal leads."""
        return self.model.schools[self.row]

    @property
    def supervisor(self):
        """The ILD who supports the principal; in a small district the Superintendent."""
        desk = self.model.state.chart.first_desk + self._table.supervisor[self.row]
        return self.model.roster.staff[desk]

    @property
    def teachers(self):
        """AgentSet of the school's teachers."""
        return self.school.teachers


class OfficePerson(Person, table=tables.Staff, tasks=tables.STAFF_TASKS):
    """Somebody at a desk in the central office."""

    @property
    def unit(self):
        """Unit of the central office."""
        return UNITS[self._table.unit[self.row]]

    @property
    def led_by(self):
        """The Leader who leads this person's learning; None for the superintendent."""
        return self.model.roster.staff[self._table.led_by[self.row]] if self.row else None


class _Supervisor(OfficePerson):
    @property
    def principals(self):
        """AgentSet of the principals whom this person supports."""
        state = self.model.state
        desk = self.row - state.chart.first_desk
        return self._people("principals", np.flatnonzero(state.principals.supervisor == desk))


class Leader(OfficePerson):
    """A leader of the central office, who may lead the learning of own staff."""

    @property
    def staff(self):
        """AgentSet of the people whose learning this person leads."""
        rows = np.flatnonzero(self._table.led_by == self.row)
        return self._people("staff", rows[rows > 0])  # row 0 is the superintendent


class Superintendent(Leader, _Supervisor):
    """Leads the district; supervises the principals where there is nobody else to do it."""

    role = "superintendent"


class Deputy(Leader):
    """Leads operations and human resources in districts large enough to have a deputy."""

    role = "deputy"


class ChiefAcademicOfficer(Leader):
    """Leads curriculum, and supervision of principals."""

    role = "chief_academic_officer"


class ILD(_Supervisor):
    """Instructional Leadership Director: supports principals as instructional leaders."""

    role = "ild"


class CurriculumSpecialist(OfficePerson):
    """Curriculum and instruction (C&I) for one subject: plans and gives PD."""

    role = "specialist"

    @property
    def subject(self):
        """mathematics, ela or science; the specialists are dealt out over them in turn."""
        before = self._table.role[: self.row] == ROLES.index(self.role)
        return SUBJECTS[np.count_nonzero(before) % len(SUBJECTS)]


class HRPartner(OfficePerson):
    """Human resources: screens applicants, answers schools' requests on staffing."""

    role = "hr_partner"


class OperationsStaff(OfficePerson):
    """Facilities, IT, payroll and budget: answers schools' requests."""

    role = "operations"


class EquityOfficer(OfficePerson):
    """Compliance and equity; a desk in districts large enough to have one."""

    role = "equity_officer"


class ExternalCoach(Person, table=tables.Coaches, tasks=tables.COACH_TASKS):
    """An outside coach of the central office; there only while under contract."""

    role, unit = "external_coach", "outside"


AGENTS = {  # role: class
    kind.role: kind
    for kind in (
        Superintendent, Deputy, ChiefAcademicOfficer, ILD, CurriculumSpecialist, HRPartner,
        OperationsStaff, EquityOfficer, ExternalCoach, Principal, Teacher,
    )
}  # fmt: skip
