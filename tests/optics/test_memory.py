import pytest

from studio.optics.memory import memory_shortage


def test_what_fits_is_no_shortage():
    assert memory_shortage(1000) is None
    assert memory_shortage(2**30, limit_bytes=2**30) is None


def test_a_shortage_names_need_and_limit():
    assert memory_shortage(3 * 2**30, 2**30) == "3.0 GiB, more than the 1.0 GiB it may use"
    assert "GiB" in (memory_shortage(2**60) or "")


@pytest.mark.parametrize(("available", "short"), [(2**31, True), (2**33, False)])
def test_half_of_what_is_free_is_the_limit(monkeypatch, available, short):
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": available}))
    assert (memory_shortage(2**31) is not None) is short
