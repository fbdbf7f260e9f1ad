"""The live meter as the window sees it: whether recognisers still know the face, by a helper process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from studio.capture.pipeline import LiveFrame
from studio.faces.meter import Reading
from studio.gui.frame_helper import Answer, FrameHelper, HelperProcess

MODULE = "studio.faces.meter_process"


@dataclass(frozen=True)
class Measured:
    """Readings of one frame; none where it shows no face. `problem` says in one line why nothing can be measured."""

    readings: tuple[Reading, ...] = ()
    enrolled: bool = False
    problem: str = ""


class LiveMeter(QObject):
    """Lives in the GUI thread. Whoever owns it calls `stop` before the end; nobody is known any more after that."""

    measured = Signal(object)  # Measured

    def __init__(
        self, parent: QObject | None = None, *, make: Callable[[], HelperProcess] = lambda: HelperProcess(MODULE)
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._helper = FrameHelper("meter", self)
        self._helper.answered.connect(self._show)
        self._enrol = self._forget = False

    @property
    def on(self) -> bool:
        return self._helper.on

    @property
    def busy(self) -> bool:
        """A frame is being measured."""
        return self._helper.busy

    def set_on(self, on: bool) -> None:
        """Switched off, the helper ends, and with it what it knows."""
        if on and not self.on:
            self._helper.start(self._make())
        elif not on:
            self._helper.end()
            self._enrol = self._forget = False

    def enrol(self) -> None:
        """Compare with the face of the next clear frame as well, until `forget`, or until it is switched off."""
        self._enrol, self._forget = True, False

    def forget(self) -> None:
        self._enrol, self._forget = False, True

    @Slot(object)
    def add(self, frame: LiveFrame) -> None:
        """Measure `frame`, if it is time and nothing else is being measured; else it is passed over."""
        if self._helper.add(frame, {"enrol": self._enrol, "forget": self._forget}):
            self._forget = False

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the helper and the thread for good; False when it is still busy after `timeout_s`."""
        self.set_on(False)
        return self._helper.stop(timeout_s)

    @Slot(object)
    def _show(self, answer: Answer) -> None:
        if "problem" in answer:
            self.measured.emit(Measured(problem=answer["problem"]))
            return
        measured = Measured(tuple(Reading(**reading) for reading in answer["readings"]), answer["enrolled"])
        if measured.enrolled:
            self._enrol = False  # until then every frame is tried: the first one may show no face
        self.measured.emit(measured)
