"""`opticaldr sweep`, `worker` and `study`: real processes, real storages, trials that take no time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from studio import cli
from studio.commands.shared import UsageError
from studio.commands.sweep import varied
from studio.faces import recognisers
from studio.jobs.messages import STOP, read_messages
from studio.jobs.process import RESULT
from studio.project import store
from studio.study import team
from studio.study.plan import Varied
from studio.study.told import from_plain

SCRIPT = Path(__file__).with_name("fast_worker.py")
ROOT = Path(__file__).parents[2]
SEEDS = ("--vary", "seed=0,1,2,3,4,5", "--sampler", "grid", "--trials", 6)


@pytest.fixture(autouse=True)
def fast(monkeypatch, tmp_path):
    monkeypatch.setattr(team, "WORKER", (sys.executable, str(SCRIPT)))
    monkeypatch.setattr(team, "_LOOK_S", 0.1)
    monkeypatch.setattr(recognisers, "installed", lambda: ("sface",))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def figures(found) -> list:
    return [(trial["label"], trial["state"], trial["config"], trial["metrics"]) for trial in found["trials"]]


def test_a_study_is_made_shown_and_kept_in_the_project(project, run_json):
    found = run_json("sweep", project, "--trials", 3, "--baselines", "gaussian:2,clear")
    assert (found["planned"], found["finished"], found["waiting"], found["share"]) == (5, 5, 0, 1.0)
    assert found["storage"] == str(project.with_name("lens.study.journal"))
    kept = store.load(project).trials
    assert [trial.label for trial in kept] == ["Trial 1", "Trial 2", "Trial 3", "gaussian:2", "clear"]
    assert all(trial.state == "finished" for trial in kept)
    assert kept[0].design is not None
    assert kept[0].design.zernike_um[3] == kept[0].config["lens.zernike.4"]
    assert {trial["id"] for trial in found["trials"]} == {trial.id for trial in kept}
    assert set(found["front"]) <= {"study/0", "study/1", "study/2"}
    assert run_json("study", "--storage", found["storage"])["trials"] == found["trials"]


def test_the_same_line_goes_on_and_a_larger_number_adds(project, run_json):
    first = run_json("sweep", project, "--trials", 2)
    assert run_json("sweep", project, "--trials", 2) == first
    more = run_json("sweep", project, "--trials", 4, "--workers", 2)
    assert more["trials"][:2] == first["trials"]
    assert len(store.load(project).trials) == 4
    assert run_json("sweep", project, "--more", 1)["planned"] == 5


def test_two_workers_one_of_them_killed_give_what_one_gives(project, run_json, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    again = shutil.copy(project, other)
    alone = run_json("sweep", project, *SEEDS)
    monkeypatch.setenv("DIE_AT", "2")
    both = run_json("sweep", again, *SEEDS, "--workers", 2, "--storage", other / "study.journal")
    assert (other / "died").exists()
    tries = [trial["config"].pop("tries") for trial in both["trials"]]
    assert [trial["config"].pop("tries") for trial in alone["trials"]] == [1] * 6
    assert tries == [1, 1, 2, 1, 1, 1]
    assert figures(both) == figures(alone)


def test_a_worker_joins_from_elsewhere(project, run_json, tmp_path):
    job = tmp_path / "job"
    job.mkdir()
    (job / STOP).touch()  # planned, not begun
    place = tmp_path / "shared.journal"
    run_json("sweep", project, "--trials", 3, "--storage", place, "--job", job)
    assert run_json("study", "--storage", place)["waiting"] == 3
    subprocess.run([sys.executable, str(SCRIPT), "--storage", str(place)], check=True, timeout=100, cwd=ROOT)
    assert run_json("study", "--storage", place)["finished"] == 3


def test_a_job_tells_every_trial_and_leaves_them_as_its_result(project, run_json, tmp_path):
    job = tmp_path / "job"
    job.mkdir()
    place = tmp_path / "own.journal"
    run_json("sweep", project, "--trials", 2, "--baselines", "gaussian:2", "--storage", place, "--job", job)
    assert store.load(project).trials == ()
    messages, _ = read_messages(job)
    told = [from_plain(message["record"]) for message in messages if message["kind"] == "trial"]
    assert {trial.id for trial in told if trial.state == "finished"} == {t.id for t in store.load(job / RESULT).trials}
    assert messages[-1]["kind"] == "finished"
    shares = [message["share"] for message in messages if message["kind"] == "progress"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_failed_and_an_equal_trial_are_kept_with_their_reason(project, run_json):
    found = run_json("sweep", project, "--vary", "seed=13,7,7", "--sampler", "grid", "--trials", 3)
    assert (found["finished"], found["failed"], found["pruned"]) == (1, 1, 1)
    kept = store.load(project).trials
    assert [trial.reason for trial in kept] == ["an unlucky number", "", "its settings and seed are those of trial 2"]


def test_workers_that_cannot_work_end_the_sweep_with_their_reason(project, capsys, monkeypatch):
    monkeypatch.setattr(team, "WORKER", (sys.executable, "-m", "studio", "worker"))
    assert cli.main(["sweep", str(project), "--trials", "2", "--data", f"folder:{project.parent}"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("opticaldr: a worker ended: ")
    assert "holds no picture" in last


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--trials", "0"), "1 to 10,000 trials"),
        ((), "--trials N is needed"),
        (("--trials", "3", "--vary", "lamda=1,2"), "lamda is no setting"),
        (("--trials", "3", "--vary", "seed"), "KEY=VALUE"),
        (("--trials", "3", "--vary", "identity_weight=a..b"), "from a number to a number"),
        (("--trials", "3", "--baselines", "fog:2"), "fog"),
        (("--trials", "3", "--workers", "0"), "--workers 0"),
        (("--trials", "3", "--set", "batch=1"), "batch = 1"),
        (("--trials", "3", "--storage", "nonsense://x"), "cannot be opened"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(project, refused, more, says):
    assert says in refused("sweep", project, *more)
    assert store.load(project).trials == ()


def test_a_study_whose_journal_is_lost_is_not_begun_over_its_own_trials(project, run_json, refused):
    journal = Path(run_json("sweep", project, "--trials", 2)["storage"])
    kept = journal.rename(journal.with_name("elsewhere"))
    before = [trial.created for trial in store.load(project).trials]
    assert "put its journal back" in refused("sweep", project, "--trials", 3)
    assert [trial.created for trial in store.load(project).trials] == before
    assert not journal.exists()
    assert run_json("sweep", project, "--trials", 1, "--name", "other")["planned"] == 1
    assert run_json("sweep", project, "--more", 1, "--storage", kept)["planned"] == 3


def test_another_plan_under_the_same_name_is_refused(project, run_json, refused):
    run_json("sweep", project, "--trials", 1)
    assert "has another preset" in refused("sweep", project, "--trials", 2, "--preset", "quick")


def test_a_storage_without_the_study_says_what_it_holds(project, refused, run_json, tmp_path):
    assert "no study journal" in refused("study", "--storage", tmp_path / "none")
    place = run_json("sweep", project, "--trials", 1)["storage"]
    assert "it holds study" in refused("worker", "--storage", place, "--name", "other")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("batch=16,32", Varied("batch", (16, 32))),
        ("lens.preset=paper-peak", Varied("lens.preset", ("paper-peak",))),
        ("lens.zernike.4=-31..-22", Varied("lens.zernike.4", low=-31, high=-22)),
        ("identity_weight=log:0.1..30", Varied("identity_weight", low=0.1, high=30, log=True)),
    ],
)
def test_what_is_varied_is_read(text, meant):
    assert varied(text) == meant
    with pytest.raises(UsageError):
        varied("batch=")
