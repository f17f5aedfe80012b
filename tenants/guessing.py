"""Against guessing passwords: failures are counted per account and address, and per address.

django-axes asks and tells this module. Who guesses one account from one address is stopped there for a while;
the account's owner signs in from any other address, so nobody can be locked out of an account by another.
Tries during a lock are not counted, so it always ends.
"""

import math
import time
from collections.abc import Iterator
from hashlib import sha256

from axes.backends import AxesStandaloneBackend
from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render

from tenants.origin import client_address


class LockedOut(AxesStandaloneBackend):
    """Refuses before a password is looked at. Without a request (tests, commands) nobody guesses."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if request is not None:
            super().authenticate(request, username=username, password=password, **kwargs)


def account_of(request, credentials: dict | None) -> str:
    """The account a try is for: its e-mail address in lower case, whether it exists or not."""
    credentials = credentials or {}
    return (credentials.get("email") or credentials.get("username") or "").strip().lower()


class FailureCounter(AbstractAxesHandler, AxesBaseHandler):
    """Counts in the cache, which every process of the installation shares."""

    def is_locked(self, request, credentials=None) -> bool:
        return locked_seconds(request, account_of(request, credentials)) > 0

    def get_failures(self, request, credentials=None) -> int:
        """The failures of this account from this address within the cool-off."""
        account, address = account_of(request, credentials), client_address(request)
        return cache.get(_count_key(account, address), 0)

    def user_login_failed(self, sender, credentials, request=None, **kwargs) -> None:
        if request is None:
            return
        request.axes_credentials = credentials
        if request.axes_locked_out:
            return
        account = account_of(request, credentials)
        window = settings.LOGIN_COOL_OFF_MINUTES * 60
        for count_key, lock_key, limit in _counters(account, client_address(request)):
            failures = 1 if cache.add(count_key, 1, window) else cache.incr(count_key)
            if failures >= limit:
                cache.set(lock_key, time.time() + window, window)
                cache.delete(count_key)
                request.axes_locked_out = True

    def user_logged_in(self, sender, request, user, **kwargs) -> None:
        """Whoever knows the password has only mistyped it before. The address' count stays."""
        cache.delete(_count_key(user.email, client_address(request)))

    def user_logged_out(self, sender, request, user, **kwargs) -> None:
        """Nothing to count."""

    def reset_attempts(self, *, ip_address=None, username=None, ip_or_username=False) -> int:
        """Forget an account's counts and locks from one address, or from all; or an address' own; or all.

        The commands axes_reset, axes_reset_username and axes_reset_ip come here. How many there were is not
        known, so the answer is 0.
        """
        if username and ip_address:
            cache.delete_many([_count_key(username, ip_address), _lock_key(username, ip_address)])
        elif username:
            _forget(f"account:{username.lower()}")
        elif ip_address:
            cache.delete_many([_count_key("", ip_address), _lock_key("", ip_address)])
        else:
            _forget("all")
        return 0


def locked_seconds(request, account: str) -> int:
    """How long this account cannot be tried from the request's address: 0 if it can."""
    keys = [lock for _, lock, _ in _counters(account, client_address(request))]
    until = max(cache.get_many(keys).values(), default=0)
    return max(0, math.ceil(until - time.time()))


def locked_out_answer(request, response=None, credentials=None):
    """429, and when it can be tried again."""
    seconds = locked_seconds(request, account_of(request, credentials))
    minutes = max(1, math.ceil(seconds / 60))
    answer = render(request, "account/locked_out.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(max(1, seconds))
    return answer


def _counters(account: str, address: str) -> Iterator[tuple[str, str, int]]:
    """(key of the count, key of the lock, limit) that a try falls under. account "": the address alone."""
    if account:
        limit = settings.LOGIN_FAILURES_PER_ACCOUNT
        yield _count_key(account, address), _lock_key(account, address), limit
    yield _count_key("", address), _lock_key("", address), settings.LOGIN_FAILURES_PER_ADDRESS


def _count_key(account: str, address: str) -> str:
    return f"guess:count:{_digest(account, address)}"


def _lock_key(account: str, address: str) -> str:
    return f"guess:lock:{_digest(account, address)}"


def _digest(account: str, address: str) -> str:
    """Counts of an earlier generation are never read again, and run out by themselves."""
    account = account.lower()
    names = ("guess:generation:all", f"guess:generation:account:{account}")
    found = cache.get_many(names)
    generations = "/".join(str(found.get(name, 0)) for name in names)
    return sha256(f"{generations}\n{account}\n{address}".encode()).hexdigest()


def _forget(what: str) -> None:
    # Longer than any lock: a generation must not come back while one of its locks lives.
    cache.set(f"guess:generation:{what}", time.time_ns(), settings.LOGIN_COOL_OFF_MINUTES * 120)
