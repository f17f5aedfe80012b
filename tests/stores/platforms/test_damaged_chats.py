"""Chat logs cut, shuffled and patched: every one is read or refused, none ends in an error."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.platforms.recognise import recognise
from stores.platforms.records import FileRefused, Refusal
from stores.platforms.taobao.clipboard import parse_clipboard
from tests.stores.platforms.made_files import JD, TAOBAO, said
from tests.stores.platforms.test_jd import LOG
from tests.stores.platforms.test_taobao_chats import BY_BUYER, LISTED, PASTED, SEAT

LINES = "\n".join([BY_BUYER, LISTED, LOG, PASTED]).split("\n")
patched = st.builds(
    lambda line, cut, more: line[:cut] + more, st.sampled_from(LINES), st.integers(0, 60), st.text()
)
logs = st.tuples(
    st.sampled_from([BY_BUYER, LISTED, LOG]).map(lambda log: log[:120]),
    st.lists(st.one_of(st.sampled_from(LINES), patched), max_size=25).map("\n".join),
).map("\n".join)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=logs)
def test_a_damaged_log_is_read_or_refused_and_nothing_else(tmp_path, log):
    path = tmp_path / "chat.txt"
    path.write_bytes(log.encode("utf-8", "surrogatepass"))
    for store in (TAOBAO, JD):
        try:
            parsed = list(recognise(path, path.name, store).parse())
        except FileRefused:
            continue
        assert all(said(item) if isinstance(item, Refusal) else item[1].seat for item in parsed)


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(st.one_of(st.sampled_from(LINES), patched), max_size=25))
def test_a_damaged_paste_is_read_or_refused_and_nothing_else(lines):
    try:
        parsed = list(parse_clipboard("\n".join(lines), SEAT, None, TAOBAO))
    except FileRefused:
        return
    assert all(isinstance(item, Refusal) or item[1].seat for item in parsed)
