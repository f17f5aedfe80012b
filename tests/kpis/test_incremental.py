"""Whatever comes in, in whatever bits: a refresh of what the change log marks equals a full rebuild."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, connections

from kpis import refresh as refreshing
from kpis.refresh import refresh_store
from stores.models import ChangeCursor
from team.models import SeatAssignment
from team.seats import end_assignment
from tenants.scope import organization_scope
from tests.kpis.against_reference import make_reference_store, product_owners
from tests.kpis.piecewise import WHOLE, Piecewise, catch_up, differing, dumped, unread, write
from tests.make import make_organization
from tests.reference.by_hand import HandStore, at, day
from tests.reference.model import Message, Order, Refund, Session
from tests.reference.random_store import random_store

pytestmark = pytest.mark.usefixtures("committed")


def is_whole(step: str) -> bool:
    return step in WHOLE


@pytest.mark.parametrize("seed", range(30))
def test_any_bits_in_any_order_equal_a_full_rebuild(seed):
    rng = random.Random(seed)
    coming = Piecewise(make_organization("yunfan"), random_store(rng), rng)
    steps = [*coming.arrivals(), *coming.corrections(8)]
    catch_up(coming.store)
    while steps:
        batch, steps = steps[: rng.randrange(1, 4)], steps[4:] if False else steps[len(steps[:0]) :]
        batch = batch[: len(steps)]
        steps = steps[len(batch) :]
        for _, step in batch:
            step()
        names = [name for name, _ in batch]
        counts = catch_up(coming.store)
        if not any(map(is_whole, names)):
            assert all(count["buyers"] >= 0 for count in counts), f"{names} rebuilt the whole store"
        assert differing(coming.store) == [], names
