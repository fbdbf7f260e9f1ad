"""The meter in a process of its own: `python -m studio.faces.meter_process`, asked as `frame_service` tells.

Loading recognisers would hold up a window for a tenth of a second and more.
A request also says `enrol` and `forget`; the answer is {"readings": [...], "enrolled"}.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, BinaryIO

from studio.faces import frame_service
from studio.faces.frame_service import Answering, CannotServe, Frame
from studio.faces.meter import Meter


def answering(meter: Meter) -> Answering:
    """What `meter` answers to each request."""

    def answer(asked: dict[str, Any], clear: Frame, capture: Frame) -> dict[str, Any]:
        if asked.get("forget"):
            meter.forget()
        readings = meter.measure(clear, capture, enrol=bool(asked.get("enrol")))
        return {"readings": [asdict(reading) for reading in readings], "enrolled": meter.enrolled}

    return answer


def begin(_opening: BinaryIO) -> Answering:
    """With all recognisers that are installed. CannotServe when there are none, or no detector."""
    import cv2

    from studio.faces import models, recognisers
    from studio.faces.detector import Detector

    cv2.setNumThreads(1)
    try:
        return answering(Meter(Detector(), [recognisers.load(name) for name in recognisers.installed()]))
    except (models.ModelError, ImportError, cv2.error) as error:
        raise CannotServe(str(error)) from error


if __name__ == "__main__":
    frame_service.run(begin)
