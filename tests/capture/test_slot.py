from __future__ import annotations

import threading

from studio.capture.slot import NewestSlot


def test_the_newest_item_wins_and_the_rest_is_counted():
    slot: NewestSlot[str] = NewestSlot()
    for item in ("a", "b", "c"):
        slot.put(item)
    assert slot.take() == "c"
    assert slot.take() is None
    assert slot.dropped == 2


def test_an_item_that_was_taken_does_not_count_as_dropped():
    slot: NewestSlot[str] = NewestSlot()
    for item in ("a", "b"):
        slot.put(item)
        slot.take()
    assert slot.dropped == 0


def test_one_reader_waits_for_several_slots():
    filled = threading.Event()
    first, second = NewestSlot[int](filled), NewestSlot[int](filled)
    writer = threading.Thread(target=second.put, args=(7,))
    writer.start()
    assert filled.wait(10.0)
    writer.join()
    assert first.take() is None
    assert second.take() == 7
