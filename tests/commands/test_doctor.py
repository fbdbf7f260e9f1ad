from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from studio import cli, doctor

ROOT = Path(__file__).parents[2]


def test_doctor_lists_what_is_there(capsys):
    cli.main(["doctor", "--json"])
    findings = {row["name"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["numpy"]["ok"]
    assert findings["example"]["ok"]
    assert all(row["ok"] or row["mend"] for row in findings.values())


def test_doctor_names_the_line_that_installs_what_is_missing(monkeypatch, capsys):
    def without_h5py(name: str) -> str:
        if name == "h5py":
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("studio.doctor.metadata.version", without_h5py)
    assert cli.main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "MISSING   h5py" in out
    assert "pip install h5py" in out


def test_doctor_needs_nothing_of_what_it_looks_for():
    bare = [sys.executable, "-S", "-m", "studio", "doctor", "--json"]  # -S: no installed package is found
    done = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    findings = {row["name"]: row for row in json.loads(done.stdout)["findings"]}
    missing = {name for name, row in findings.items() if row["detail"].startswith("missing")}
    assert missing >= {*doctor.PACKAGES, *doctor.RECOGNISERS}
    assert all(row["mend"] for row in findings.values() if not row["ok"])


def test_doctor_looks_for_every_package_that_the_studio_requires():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required, extra = (
        {re.match(r"[\w.-]+", line)[0] for line in lines}
        for lines in (project["dependencies"], project["optional-dependencies"]["recognisers"])
    )
    assert set(doctor.PACKAGES) == required
    assert set(doctor.RECOGNISERS) == extra
