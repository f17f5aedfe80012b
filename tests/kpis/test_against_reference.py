"""The SQL and the independent slow computation agree in every cell, on stores full of edges."""

import random

import pytest

from tests.kpis.against_reference import (
    differences,
    import_data,
    make_reference_store,
    product_owners,
    product_rows,
    refresh,
)
from tests.reference.metrics import compute
from tests.reference.random_store import random_store


@pytest.mark.parametrize("seed", range(40))
def test_random_stores_agree_in_every_cell(organization, tmp_path, seed):
    data = random_store(random.Random(seed))
    store = make_reference_store(organization, data)
    import_data(store, data, tmp_path)
    refresh(store)
    expected = compute(data)
    assert product_owners(store) == {key: owner.agent for key, owner in expected.owners.items()}
    assert differences(expected.rows, product_rows(store)) == []
