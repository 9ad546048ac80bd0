"""The public sets with known truth, in every run and not only in the bench: no weight was estimated on them."""

import pytest

from tests.bench.matching import Found, fake_1000, febrl


@pytest.mark.parametrize("name", ["febrl_1.csv.gz", "febrl_3.csv"])
def test_who_is_who_in_febrl(name: str) -> None:
    found = febrl(traced=False, name=name)
    assert found.precision >= 0.99
    assert found.recall >= 0.95


@pytest.mark.parametrize("name", ["febrl_1.csv.gz", "febrl_3.csv"])
def test_nobody_is_attached_wrongly_though_every_number_were_traced(name: str) -> None:
    assert febrl(traced=True, name=name).attached_wrongly == 0


def test_who_is_who_in_a_set_without_any_number() -> None:
    found: Found = fake_1000()
    assert found.precision >= 0.99
    assert found.recall >= 0.75
