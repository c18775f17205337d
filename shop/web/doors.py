"""When what lies at the centre's counter can be taken along, while that is closed."""

from shop.kernel.clock import town_day
from shop.town.queries import doors_of
from shop.web.house import current_town, house, reading
from shop.web.i18n import _
from shop.web.words import town_date


def when_to_come() -> str | None:
    """Return from when on the counter hands over what lies there; None when it does so now."""
    town, now = current_town(), house().clock()
    doors = doors_of(reading(), town, now) if town is not None else None
    if doors is None or doors.is_open:
        return None
    if not doors.opens:
        return _("柜台现在没开门，%(day)s来拿。", day=town_date(doors.on))
    if doors.on == town_day(now):
        return _("柜台现在没开门，今天 %(hour)s 以后来拿。", hour=doors.opens)
    return _("柜台现在没开门，%(day)s %(hour)s 以后来拿。", day=town_date(doors.on), hour=doors.opens)
