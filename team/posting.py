"""Sending one request to an address somebody typed in, without letting it reach our own network.

The name is resolved here and only an address of the public internet is connected to, that very one: a name that
answers differently a moment later leads nowhere. Redirects are not followed, answers are read up to a limit, and a
deadline ends what drips in byte by byte. settings.ALLOW_PRIVATE_WEBHOOKS lifts the first rule and plain http.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT_SECONDS = 5  # of each step: connecting, writing, reading
DEADLINE_SECONDS = 15  # of all together
MOST_BYTES = 64 * 1024
# Addresses that carry another one inside, which a gateway may unpack on our side of the wall.
_WRAPPING = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))


class AddressRefused(Exception):
    """We do not send there. str(): a code of team/channels.py ERRORS."""


class NotReached(Exception):
    """Nobody answered. str(): a code of team/channels.py ERRORS."""


class Answer(NamedTuple):
    status: int
    body: bytes


def checked_address(url: str) -> SplitResult:
    """The parts of an https address without a user in it. Errors: AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("no_address") from None
    schemes = ("https", "http") if settings.ALLOW_PRIVATE_WEBHOOKS else ("https",)
    if parts.scheme not in schemes:
        raise AddressRefused("not_https")
    if not parts.hostname or port == 0 or parts.username is not None or parts.password is not None:
        raise AddressRefused("no_address")
    if not url.isascii() or any(character.isspace() or not character.isprintable() for character in url):
        raise AddressRefused("no_address")
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, and wraps none that may not."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in _WRAPPING):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def resolved(host: str, port: int) -> str:
    """The IP address to connect to. Errors: NotReached; AddressRefused if any of the name's addresses is private."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("unknown_host") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.ALLOW_PRIVATE_WEBHOOKS and not all(map(is_public, addresses)):
        raise AddressRefused("private_address")
    return addresses[0]


def post(url: str, headers: dict[str, str], body: bytes) -> Answer:
    """POST and read the answer, whatever its status. Errors: AddressRefused, NotReached."""
    parts = checked_address(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolved(parts.hostname or "", port)
    overdue = threading.Event()
    try:
        with socket.create_connection((address, port), timeout=TIMEOUT_SECONDS) as plain:
            sock = _wrapped(plain, parts)
            guard = threading.Timer(DEADLINE_SECONDS, _cut, [sock, overdue])
            guard.start()
            try:
                return _exchange(sock, parts, port, headers, body)
            finally:
                guard.cancel()
                sock.close()
    except ssl.SSLCertVerificationError:
        raise NotReached("bad_certificate") from None
    except (OSError, http.client.HTTPException) as error:
        late = overdue.is_set() or isinstance(error, TimeoutError)
        raise NotReached("timed_out" if late else "no_answer") from None


def _wrapped(plain: socket.socket, parts: SplitResult) -> socket.socket:
    """The connection to speak over; the handshake comes later, within the deadline."""
    if parts.scheme == "http":
        return plain
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=parts.hostname, do_handshake_on_connect=False)


def _exchange(sock: socket.socket, parts: SplitResult, port: int, headers: dict, body: bytes) -> Answer:
    if isinstance(sock, ssl.SSLSocket):
        sock.do_handshake()
    # Made for the connection we have: the name serves the Host header only, it is not looked up again.
    connection = http.client.HTTPConnection(parts.hostname or "", port)
    connection.default_port = 443 if parts.scheme == "https" else 80
    connection.sock = sock
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", target, body, headers)
    response = connection.getresponse()
    return Answer(response.status, response.read(MOST_BYTES))


def _cut(sock: socket.socket, overdue: threading.Event) -> None:
    """End a conversation that takes too long: whoever waits for its next byte meets its end."""
    overdue.set()
    try:
        # Not SSLSocket's own, which takes the object away from under a read.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # it has just ended by itself
