"""What becomes of the jobs at work when the window closes."""

from __future__ import annotations

from studio.gui.dialogs import Dialogs
from studio.gui.jobs import Jobs


def leave(jobs: Jobs, dialogs: Dialogs) -> bool:
    """Ask whether they go on or stop; False when the window is to stay open."""
    titles = [job.request.title for job in jobs.running if not job.stopping]
    answer = dialogs.ask_running(titles) if titles else "go on"
    if answer == "stop":
        jobs.stop_all()
    return answer != "cancel"
