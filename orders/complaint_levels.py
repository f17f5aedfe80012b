"""By when complaints are answered and who is told when they are not: an organization's ServiceSettings (R33).

The sources name deadlines and escalation but no hours: the defaults here are the program's own and unverified, and
the settings' page says so.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from orders.complaint_models import ServiceSettings

CHAIN = ("agent", "supervisor", "owner")
PLACES = {"agent": _("Agent"), "supervisor": _("Supervisor"), "owner": _("Owner")}
LEVELS = {
    "ordinary": _("Ordinary"),
    "serious": _("Serious"),
    "platform": _("Platform steps in"),
}


@dataclass(frozen=True)
class Level:
    """hours: from opening to the first answer. to: who is told first when it is late; `again`: after so many further
    hours without an answer the next of CHAIN is."""

    key: str
    hours: int
    to: str
    again: int

    @property
    def label(self):
        return LEVELS[self.key]

    @property
    def chain(self) -> tuple[str, ...]:
        """Who is told one after the other."""
        return CHAIN[CHAIN.index(self.to) :]

    def step_after(self, step: int) -> timedelta:
        """How long after the due time the chain's `step` (0: the first) is told."""
        return timedelta(hours=self.again * step)


DEFAULTS = (
    Level("ordinary", 24, "agent", 12),
    Level("serious", 8, "agent", 4),
    Level("platform", 2, "supervisor", 1),
)


def service_settings() -> ServiceSettings | None:
    """The scope's organization's settings; None as long as nobody set any."""
    return ServiceSettings.objects.first()


def levels_of(settings: ServiceSettings | None) -> dict[str, Level]:
    """{key: level}, the organization's own over the defaults."""
    found = {level.key: level for level in DEFAULTS}
    for said in settings.levels if settings else ():
        if said.get("key") in found:
            found[said["key"]] = Level(**{**asdict(found[said["key"]]), **said})
    return found
