"""`?group=` narrows the lists that are about people; a wrong one narrows nothing."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from desk.attendance import derive_attendance
from desk.follow_ups import make_by_hand
from kpis.target_models import Division
from kpis.targets import set_targets
from team.models import Group, Position
from team.roster import write_cells
from team.roster_models import RosterMonth, ShiftKind
from tests.make import make_agent, make_member

DAY, MONTH = date(2026, 11, 3), date(2026, 11, 1)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PAGES = (
    "/yunfan/roster/?month=2026-11", "/yunfan/attendance/?month=2026-11", "/yunfan/desk/follow-ups/?show=open",
    "/yunfan/targets/tb1/?month=2026-11",
)  # fmt: skip


@pytest.fixture
def group(organization, store, scope, supervisor) -> Group:
    """Ann's; Bob was in it until October. Each has a shift, its attendance, a follow-up and a part of the target."""
    people = [make_agent(organization, name, (store, f"s:{name}")) for name in ("Ann", "Bob")]
    group = Group.objects.create(organization=organization, name="晚班")
    for agent, until in zip(people, (None, date(2026, 10, 31)), strict=True):
        Position.objects.create(
            organization=organization, agent=agent, group=group, since=date(2026, 1, 1), until=until
        )
    shift = ShiftKind.objects.create(
        organization=organization, name="Early", starts_minutes=510, ends_minutes=1050
    )
    RosterMonth.objects.create(organization=organization, month=MONTH, published_at=NOW)
    cells = {(agent.pk, DAY): f"s{shift.pk}" for agent in people}
    write_cells(organization, cells, NOW, tell=False)
    derive_attendance(organization, [DAY], NOW)
    for agent in people:
        make_by_hand(
            store, kind_text=f"ring {agent.name}", due_at=NOW + timedelta(hours=1), agent_id=agent.pk,
            user=supervisor, now=NOW,
        )  # fmt: skip
    set_targets(store, MONTH, sales=Decimal(100), service={}, division=Division.EQUAL)
    with time_machine.travel(NOW):
        yield group


def named(page: str) -> set[str]:
    """Whose rows a page has, whatever its filters offer."""
    body = "".join(re.findall(r"<tbody.*?</tbody>", page, re.S))
    return {name for name in ("Ann", "Bob") if name in body}


@pytest.mark.parametrize("path", PAGES)
def test_a_list_is_narrowed_to_a_group_of_the_time_shown(client, supervisor, group, path):
    client.force_login(supervisor)
    whole = client.get(path).content.decode()
    assert named(whole) == {"Ann", "Bob"}
    assert f'<option value="{group.pk}">晚班</option>' in whole
    narrowed = client.get(f"{path}&group={group.pk}").content.decode()
    assert named(narrowed) == {"Ann"}
    assert f'<option value="{group.pk}" selected>晚班</option>' in narrowed
    assert named(client.get(f"{path}&group=999").content.decode()) == {"Ann", "Bob"}
    assert named(client.get(f"{path}&group=x").content.decode()) == {"Ann", "Bob"}


@pytest.mark.parametrize("path", PAGES[:2])
def test_the_group_goes_along_to_another_month(client, supervisor, group, path):
    client.force_login(supervisor)
    page = client.get(f"{path}&group={group.pk}").content.decode()
    assert f'href="?month=2026-12&amp;group={group.pk}"' in page


def test_who_sees_only_their_own_is_offered_no_group(client, organization, group):
    ann = Position.objects.get(until=None).agent_id
    client.force_login(make_member(organization, "agent", agent_id=ann))
    for path in PAGES[1:]:
        answer = client.get(path)
        assert answer.status_code == 200
        assert 'name="group"' not in answer.content.decode(), path
