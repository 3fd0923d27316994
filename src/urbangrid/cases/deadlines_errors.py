"""What a clock refuses: a code and its values. The sentence people read stands in the catalogue of `cases`."""


class ClockError(Exception):
    """A refusal of the clock engine; `values` fill the sentence."""

    code = "clock_error"

    def __init__(self, **values: object) -> None:
        super().__init__(self.code, values)
        self.values = values


class InstantNaive(ClockError):
    """A datetime without zone."""

    code = "instant_naive"


class SpanBackwards(ClockError):
    """The end of a span lies before its start."""

    code = "span_backwards"


class CalendarInvalid(ClockError):
    """A calendar that cannot be computed; `fault` names what is wrong, `value` where."""

    code = "calendar_invalid"


class CalendarNeverWorks(ClockError):
    """The calendar does not hold the wanted time within the horizon."""

    code = "calendar_never_works"


class LimitInvalid(ClockError):
    """A limit that is negative or no whole number of seconds."""

    code = "limit_invalid"


class OutOfOrder(ClockError):
    """A move dated before the clock's last move."""

    code = "clock_out_of_order"


class NotPossible(ClockError):
    """A move the clock's phase does not allow: going on with a running clock, touching an ended one."""

    code = "clock_move_not_possible"


class AskedTooLate(ClockError):
    """An extension asked at or after the due time."""

    code = "extension_asked_too_late"


class ExtendedTooOften(ClockError):
    """An extension beyond the permitted number."""

    code = "extension_too_often"
