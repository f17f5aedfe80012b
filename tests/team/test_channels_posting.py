"""Nothing that somebody types in as an address makes the server talk to its own network."""

import socket
import threading
import time

import pytest

from team import posting
from team.posting import AddressRefused, NotReached, checked_address, is_public, post, resolved

PUBLIC = ["1.1.1.1", "47.246.165.1", "2400:3200::1"]
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "198.18.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not(address):
    assert not is_public(address)


def names(monkeypatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    names(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(AddressRefused, match="private_address"):
        resolved("x.example", 443)
    names(monkeypatch, "1.1.1.1")
    assert resolved("x.example", 443) == "1.1.1.1"


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch):
    """A name that answers differently the second time leads nowhere: it is asked once."""
    asked, connected = [], []

    def answer(host, port, **kwargs):
        asked.append(host)
        address = "1.1.1.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotReached, match="no_answer"):
        post("https://x.example/", {}, b"")
    assert (asked, connected) == (["x.example"], [("1.1.1.1", 443)])


@pytest.mark.parametrize(
    "url", ["http://x.example/", "file:///etc/passwd", "gopher://x.example/", "//x.example"]
)
def test_only_https_is_sent_to(url):
    with pytest.raises(AddressRefused, match="not_https"):
        checked_address(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001"])
def test_our_own_server_is_not_reached_under_any_of_its_names(host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        with pytest.raises((AddressRefused, NotReached)):
            post(f"https://{host}:{server.getsockname()[1]}/", {}, b"x")
        with pytest.raises(TimeoutError):
            server.accept()


def test_an_answer_that_drips_in_is_ended_at_the_deadline(monkeypatch, settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    monkeypatch.setattr(posting, "DEADLINE_SECONDS", 1)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            peer, _address = server.accept()
            with peer:
                while not over.is_set():
                    try:
                        peer.sendall(b"X")
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(NotReached, match="timed_out"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"x")
        took = time.monotonic() - began
        over.set()
        thread.join()
    assert took < 4


def test_a_plain_server_behind_https_is_not_reached(settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        with pytest.raises(NotReached):
            post(f"https://127.0.0.1:{server.getsockname()[1]}/", {}, b"x")
        thread.join()
