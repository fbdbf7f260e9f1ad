"""The wheel away from the checkout, and what may be imported where."""

import subprocess
import sys
from pathlib import Path

import pytest

from studio import resources
from studio.resources import project_path, resource_path

ROOT = Path(__file__).resolve().parent.parent


def test_resources_are_found_in_the_checkout():
    assert resource_path("icons").is_dir()
    assert project_path("first-light.odr").is_file()
    with pytest.raises(FileNotFoundError, match=r"resources/no-such-thing is missing.*reinstall"):
        resource_path("no-such-thing")


def test_resources_of_a_wheel_come_first(tmp_path, monkeypatch):
    (tmp_path / "studio" / "_resources").mkdir(parents=True)
    (tmp_path / "studio" / "_resources" / "mark").touch()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "studio")
    assert resource_path("mark") == tmp_path / "studio" / "_resources" / "mark"


@pytest.mark.slow
def test_an_installed_wheel_works_away_from_the_checkout(tmp_path):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", site, wheel], check=True)
    work = tmp_path / "work"
    work.mkdir()

    def run(*command: str) -> str:
        # -P keeps the current folder out; the target comes before the checkout that this environment points to
        environment = {
            "PYTHONPATH": str(site),
            "HOME": str(work),
            "PATH": "/usr/bin:/bin",
            "QT_QPA_PLATFORM": "offscreen",
        }
        done = subprocess.run(
            [sys.executable, "-P", *command], cwd=work, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run("-c", "import studio.resources as r; print(r.__file__, r.project_path('first-light.odr'))")
    assert str(site) in where.split()[0]
    assert str(site) in where.split()[1]
    run("-m", "studio", "new", "a.odr")
    run("-m", "studio", "psf", "a.odr", "--out", "a.npz")
    assert (work / "a.npz").is_file()
    assert "ok        example" in run("-m", "studio", "doctor")


def test_example_is_known_and_up_to_date():
    import hashlib

    from tests.make_examples import first_light

    raw = project_path("first-light.odr").read_bytes()
    assert hashlib.sha256(raw).hexdigest() in resource_path("examples.sha256").read_text()
    from studio.project.store import load

    assert load(project_path("first-light.odr")).design == first_light().design


def test_ci_runs_the_test_command_of_the_readme():
    lines = [line for line in (ROOT / "README.md").read_text().splitlines() if "venv" in line and "pytest" in line]
    assert len(lines) == 1
    assert "apt-get install" in lines[0]
    assert "README.md" in (ROOT / ".ci" / "run").read_text()
