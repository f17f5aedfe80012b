"""A list narrowed to the people of one group, as `?group=` asks."""

from datetime import date

from django.db.models import QuerySet

from team.models import Group, Position


class GroupFilter:
    """choices: the organization's groups; chosen: the asked one's id as text, "" for none or a wrong one. One statement."""

    def __init__(self, request, offered: bool = True):
        self.choices = list(Group.objects.all()) if offered else []
        asked = request.GET.get("group", "")
        self.chosen = asked if asked in {str(group.pk) for group in self.choices} else ""

    def members(self, since: date, until: date) -> QuerySet:
        """The ids of those who belonged to the chosen group some day of the period, for `agent__in`."""
        held = Position.objects.filter(group_id=int(self.chosen), since__lte=until)
        return held.exclude(until__lt=since).values_list("agent_id", flat=True)
