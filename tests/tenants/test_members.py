"""Members: invited by mail, changed, leaving at once; somebody always owns the organization."""

import re
import threading
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase
from django.utils import timezone

from tenants.audit_models import AuditEntry
from tenants.invitations import invite as make_invitation
from tenants.members import LastOwner, change_member, remove_member
from tenants.models import ApiKey, Invitation, Membership, Organization, User
from tenants.scope import organization_scope
from tests.make import PASSWORD, make_agent, make_member, make_organization

NEW = "lang-genug-77"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def boss(client, owner):
    client.force_login(owner)
    return client


def invite(client, email="new@yunfan.example", role="agent", **fields) -> str:
    """The path of the link in the mail that the page sends."""
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post("/yunfan/members/", {"email": email, "role": role, **fields})
    assert answer.status_code == 302, answer.context["form"].errors
    assert [message.to for message in mail.outbox] == [[email.lower()]]
    return urlsplit(re.search(r"https?://\S+", mail.outbox[0].body)[0]).path


def membership_of(organization, email) -> Membership | None:
    with organization_scope(organization.pk):
        return Membership.objects.select_related("user").filter(user__email=email).first()


def edit(client, member: Membership, role: str, **fields):
    return client.post(f"/yunfan/members/{member.pk}/", {"role": role, **fields})


def verbs(organization) -> list[str]:
    with organization_scope(organization.pk):
        found = AuditEntry.objects.exclude(verb="entered").order_by("pk")
        return list(found.values_list("verb", flat=True))


def test_a_new_person_accepts_with_a_name_and_a_password(boss, organization, store):
    agent = make_agent(organization, "小美", (store, "s:mei"))
    link = invite(boss, "Mei@yunfan.example", "supervisor", stores=[store.pk], agent=agent.pk)
    person = Client()
    assert person.get(link).status_code == 200
    done = person.post(link, {"name": "小美", "password": NEW})
    assert done.headers["Location"] == "/yunfan/"
    assert person.get("/yunfan/members/").status_code == 200
    member = membership_of(organization, "mei@yunfan.example")
    assert (member.role, member.store_ids, member.agent_id) == ("supervisor", [store.pk], agent.pk)
    assert member.user.name == "小美"
    person.logout()
    signed_in = person.post("/login/", {"login": "mei@yunfan.example", "password": NEW})
    assert signed_in.headers["Location"] == "/", "the mail with the link has confirmed the address"
    assert verbs(organization) == ["member_invited", "member_joined"]


def test_a_link_works_once(boss, organization):
    link = invite(boss)
    Client().post(link, {"name": "A", "password": NEW})
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"name": "B", "password": NEW}).status_code == 410
    assert User.objects.filter(email="new@yunfan.example").get().name == "A"


def test_a_link_is_good_for_seven_days(boss, organization):
    link = invite(boss)
    with organization_scope(organization.pk):
        invitation = Invitation.objects.get()
        assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(link, {"name": "A", "password": NEW}).status_code == 410


def test_an_altered_link_or_one_of_another_organization_opens_nothing(boss, other_organization):
    link = invite(boss)
    for wrong in (link[:-2] + "x/", link.replace("/yunfan/", "/beihai/"), link.replace("/yunfan/", "/none/")):
        assert Client().get(wrong).status_code == 410


def test_the_secret_of_a_link_is_not_stored(boss, organization):
    secret = invite(boss).rstrip("/").rpartition("/")[2]
    with organization_scope(organization.pk), connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM tenants_invitation t")
        assert secret not in str(cursor.fetchall())


def test_a_withdrawn_invitation_and_one_replaced_by_another_open_nothing(boss, organization):
    first, second = invite(boss), invite(boss)
    assert Client().get(first).status_code == 410
    with organization_scope(organization.pk):
        number = Invitation.objects.open().get().pk
    boss.post(f"/yunfan/members/invitations/{number}/withdraw/")
    assert Client().get(second).status_code == 410


def test_a_weak_password_makes_no_member(boss, organization):
    link = invite(boss)
    page = Client().post(link, {"name": "A", "password": "12345678"})
    assert page.context["form"].errors["password"]
    assert not User.objects.filter(email="new@yunfan.example").exists()


def test_somebody_with_an_account_signs_in_and_joins(boss, organization, outsider):
    link = invite(boss, outsider.email, "auditor")
    person = Client()
    assert person.get(link).headers["Location"] == f"/login/?next={link}"
    # The link alone sets nobody's password.
    assert person.post(link, {"name": "Thief", "password": NEW}).status_code == 302
    person.post("/login/", {"login": outsider.email, "password": PASSWORD, "next": link})
    assert person.get(link).status_code == 200
    assert membership_of(organization, outsider.email) is None, "looking joins nothing"
    assert person.post(link).headers["Location"] == "/yunfan/"
    assert membership_of(organization, outsider.email).role == "auditor"


def test_an_invitation_is_for_its_address_only(boss, organization, outsider):
    link = invite(boss)
    person = Client()
    person.force_login(outsider)
    assert outsider.email in person.post(link).content.decode()
    assert membership_of(organization, outsider.email) is None


def test_a_member_is_not_invited_again(boss, agent_member):
    page = boss.post("/yunfan/members/", {"email": agent_member.email.upper(), "role": "agent"})
    assert page.context["form"].errors["email"]
    assert mail.outbox == []


def test_stores_and_people_of_another_organization_cannot_be_given(boss, other_store):
    other = make_agent(other_store.organization, "A")
    for wrong in ({"stores": [other_store.pk]}, {"agent": other.pk}):
        page = boss.post("/yunfan/members/", {"email": "new@yunfan.example", "role": "agent", **wrong})
        assert page.context["form"].errors
    assert mail.outbox == []


def test_a_mail_that_cannot_be_sent_is_said(boss, organization, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = boss.post("/yunfan/members/", {"email": "new@yunfan.example", "role": "agent"})
    assert [message.level_tag for message in answer.wsgi_request._messages] == ["error"]


def test_a_changed_role_holds_from_the_next_request(boss, organization, supervisor):
    person = Client()
    person.force_login(supervisor)
    assert person.get("/yunfan/imports/upload/").status_code == 200
    assert edit(boss, membership_of(organization, supervisor.email), "auditor").status_code == 302
    assert person.get("/yunfan/imports/upload/").status_code == 403
    with organization_scope(organization.pk):
        entry = AuditEntry.objects.get(verb="role_changed")
    assert (entry.details["old"], entry.details["new"]) == ({"role": "supervisor"}, {"role": "auditor"})


def test_the_last_owner_can_neither_step_down_nor_leave(boss, organization, owner):
    me = membership_of(organization, owner.email)
    assert edit(boss, me, "agent").context["form"].errors["role"]
    boss.post(f"/yunfan/members/{me.pk}/remove/")
    boss.post("/yunfan/members/leave/")
    assert membership_of(organization, owner.email).role == "owner"
    make_member(organization, "owner", "second@yunfan.example")
    assert edit(boss, me, "agent").status_code == 302
    assert membership_of(organization, owner.email).role == "agent"


def test_leaving_closes_the_organization_ends_keys_invitations_and_sessions_at_once(
    boss, organization, store, owner
):
    second = make_member(organization, "owner", "second@yunfan.example")
    person = Client()
    person.post("/login/", {"login": second.email, "password": PASSWORD})
    invite(person, "friend@yunfan.example")
    with organization_scope(organization.pk):
        ApiKey.issue(organization, store.pk, "theirs", second)
        ours, _ = ApiKey.issue(organization, store.pk, "ours", owner)
    boss.post(f"/yunfan/members/{membership_of(organization, second.email).pk}/remove/")
    assert person.get("/yunfan/").headers["Location"] == "/login/?next=/yunfan/"
    assert not UserSession.objects.filter(user=second).exists()
    with organization_scope(organization.pk):
        assert list(ApiKey.objects.usable()) == [ours]
        assert not Invitation.objects.open().exists()
    assert verbs(organization)[-1] == "member_removed"


def test_who_belongs_elsewhere_too_stays_signed_in_there(boss, organization, outsider):
    with organization_scope(organization.pk):
        member = Membership.objects.create(organization=organization, user=outsider, role="supervisor")
    person = Client()
    person.post("/login/", {"login": outsider.email, "password": PASSWORD})
    assert person.get("/yunfan/members/").status_code == 200
    boss.post(f"/yunfan/members/{member.pk}/remove/")
    assert person.get("/yunfan/members/").status_code == 404
    assert person.get("/beihai/members/").status_code == 200


@pytest.mark.parametrize("role", ["supervisor", "agent", "auditor"])
def test_everybody_leaves_by_a_control_on_the_page_of_their_organizations(organization, owner, role):
    member = make_member(organization, role, "leaves@yunfan.example")
    person = Client()
    person.post("/login/", {"login": member.email, "password": PASSWORD})
    page = person.get("/account/organizations/").content.decode()
    assert 'action="/yunfan/members/leave/"' in page
    # It was the only organization: one is signed out, and told why.
    door = person.post("/yunfan/members/leave/", follow=True, headers={"Accept-Language": "en"})
    assert door.redirect_chain[-1][0].startswith("/login/")
    assert "is no longer a member" in door.content.decode()
    assert membership_of(organization, member.email) is None
    assert verbs(organization) == ["member_removed"]


def test_who_leaves_one_of_two_organizations_goes_on_in_the_other(organization, outsider):
    with organization_scope(organization.pk):
        Membership.objects.create(organization=organization, user=outsider, role="agent")
    person = Client()
    person.post("/login/", {"login": outsider.email, "password": PASSWORD})
    page = person.get("/").headers["Location"]
    assert page == "/account/organizations/"
    assert {m.organization.slug for m in person.get(page).context["memberships"]} == {"yunfan", "beihai"}
    assert person.post("/yunfan/members/leave/", follow=True).request["PATH_INFO"].startswith("/beihai/")


def test_the_last_owner_is_told_why_leaving_is_not_possible(boss, organization, owner):
    page = boss.post("/yunfan/members/leave/", follow=True, headers={"Accept-Language": "en"})
    assert page.request["PATH_INFO"] == "/account/organizations/"
    assert "The last owner cannot leave: make another member owner first." in page.content.decode()
    assert membership_of(organization, owner.email).role == "owner"


def test_a_supervisor_sees_members_without_anything_to_press(organization, owner, supervisor):
    person = Client()
    person.force_login(supervisor)
    page = person.get("/yunfan/members/").content.decode()
    assert owner.email in page
    assert 'action="/yunfan/members' not in page
    assert 'name="email"' not in page


def test_what_the_organization_asks_of_members_is_set_by_its_owner(boss, organization):
    boss.post("/yunfan/members/requirements/", {"require_mfa": "on"})
    with organization_scope(organization.pk):
        now = Organization.objects.get()
        entry = AuditEntry.objects.get(verb="settings_changed")
    assert (now.require_mfa, now.agents_see_names) == (True, False)
    assert entry.details == {"old": {"require_mfa": False}, "new": {"require_mfa": True}}


def together(*steps) -> list[Exception | None]:
    """Run each step in a thread and connection of its own, starting at the same moment; what each raised."""
    start, raised = threading.Barrier(len(steps)), [None] * len(steps)

    def run(number, step):
        try:
            start.wait(10)
            step()
        except LastOwner as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def test_two_owners_who_step_down_at_the_same_time_leave_one(committed):
    def step_down(member):
        with organization_scope(member.organization_id):
            change_member(member, "agent", [], None)

    def leave(member):
        with organization_scope(member.organization_id):
            remove_member(member)

    for number in range(5):
        organization = make_organization(f"yunfan{number}")
        emails = [make_member(organization, "owner", f"{n}@{organization.slug}.example").email for n in "ab"]
        first, second = (membership_of(organization, email) for email in emails)
        raised = together(partial(step_down, first), partial(leave, second))
        assert len([error for error in raised if error]) == 1
        with organization_scope(organization.pk):
            assert Membership.objects.filter(role="owner").count() == 1


def test_one_link_opened_twice_at_the_same_moment_makes_one_member(committed):
    for number in range(5):
        organization = make_organization(f"yunfan{number}")
        with organization_scope(organization.pk):
            _, secret = make_invitation(organization, f"n{number}@x.example", "agent", [], None, None)
        link, answers = f"/account/invitations/{organization.slug}/{secret}/", []

        def accept(name, link=link, answers=answers):
            person = Client(raise_request_exception=False)
            answers.append(person.post(link, {"name": name, "password": NEW}).status_code)

        together(partial(accept, "A"), partial(accept, "B"))
        assert sorted(answers) == [302, 410]
        assert User.objects.filter(email=f"n{number}@x.example").count() == 1
