"""What several files of tests of figures are given."""

import pytest

from tests.kpis.against_reference import import_data, make_reference_store, refresh
from tests.kpis.imported import Imported
from tests.reference.by_hand import HandStore


@pytest.fixture
def bring_in(organization, tmp_path):
    """HandStore → Imported: the store through its files, with figures."""

    def bring_in(hand: HandStore) -> Imported:
        data = hand.store()
        store = make_reference_store(organization, data)
        import_data(store, data, tmp_path)
        refresh(store)
        return Imported(store)

    return bring_in
