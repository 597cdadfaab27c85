"""What every use case is given: the world through its ports, and the rules of the house."""

from datetime import datetime, timedelta

from attrs import field, frozen

from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import UserId
from donna_core.domain.policy import Policy
from donna_core.ports.calendar import Calendar
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.language_model import LanguageModel
from donna_core.ports.messaging import Notifier
from donna_core.ports.solver import Solver
from donna_core.ports.unit_of_work import UnitOfWork


@frozen(kw_only=True)
class Runtime:
    """One composed Donna, for one user. ``own_calendar`` is the one among them she writes.

    ``calendar_age`` is how old what is known of a remote calendar may be before it is asked
    again. ``asked_at`` is when this process last did, and ``unread`` why that came to nothing.
    """

    user_id: UserId
    policy: Policy
    clock: Clock
    ids: IdSource
    unit_of_work: UnitOfWork
    language_model: LanguageModel
    calendars: tuple[Calendar, ...]
    own_calendar: Calendar
    notifier: Notifier
    solver: Solver
    calendar_age: timedelta = timedelta(hours=1)
    asked_at: dict[str, datetime] = field(factory=dict, eq=False)
    unread: dict[str, CalendarUnreadable] = field(factory=dict, eq=False)
