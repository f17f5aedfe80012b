"""Chunks of messages: new ones, known ones and both at once come in once each, and what came is logged."""

from datetime import UTC, datetime, timedelta

from conversations.imports import write_messages
from conversations.models import Message
from stores.imports import Written
from stores.models import Buyer, Change
from stores.platforms.records import IN, MessageRecord

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def m(number: int, text: str = "在吗") -> MessageRecord:
    """The message of this number: always the same one, of one of three buyers."""
    sent_at = AT + timedelta(seconds=number)
    return MessageRecord(f"m{number:05d}", f"buyer {number % 3}", "s:a", IN, False, sent_at, text)


def take_in(store, *messages: MessageRecord) -> Written:
    Change.objects.all().delete()
    return write_messages(store, list(enumerate(messages, 1)))


def logged_buyers() -> set[str]:
    ids = Change.objects.exclude(buyer_id=None).values_list("buyer_id", flat=True)
    return set(Buyer.objects.filter(pk__in=list(ids)).values_list("name", flat=True))


def test_a_chunk_that_is_new_from_end_to_end_comes_in_and_is_logged(store, scope):
    assert take_in(store, *map(m, range(300))) == Written(300, 0, 0, [])
    assert Message.objects.count() == 300
    assert logged_buyers() == {"buyer 0", "buyer 1", "buyer 2"}


def test_a_chunk_whose_later_messages_are_known_brings_the_new_and_the_corrected_ones(store, scope):
    # The first 200 tell nothing of the overlap: it shows when the unique key is met.
    take_in(store, *map(m, range(250, 350)))
    overlapping = [*map(m, range(260)), m(300, "在的"), m(301)]
    assert take_in(store, *overlapping) == Written(250, 1, 11, [])
    assert Message.objects.count() == 350
    assert Message.objects.get(message_id="m00300").text == "在的"


def test_of_a_message_twice_in_a_chunk_the_later_wins(store, scope):
    assert take_in(store, m(1), m(2), m(1, "改了")) == Written(2, 1, 0, [])
    assert list(Message.objects.order_by("message_id").values_list("text", flat=True)) == ["改了", "在吗"]


def test_messages_that_come_again_change_and_log_nothing(store, scope):
    known = [m(number) for number in range(50)]
    take_in(store, *known)
    assert take_in(store, *reversed(known)) == Written(0, 0, 50, [])
    assert not Change.objects.exists()


def test_one_corrected_message_among_known_ones_is_changed_and_logged_alone(store, scope):
    known = [m(number) for number in range(50)]
    take_in(store, *known)
    # The lowest id and the highest bound what is compared: both belong to it.
    for number in (0, 49):
        others = [*known[:number], *known[number + 1 :]]
        assert take_in(store, m(number, "改了"), *others) == Written(0, 1, 49, [])
        assert logged_buyers() == {f"buyer {number % 3}"}
        known[number] = m(number, "改了")
