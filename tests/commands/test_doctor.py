from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version

from studio import cli


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
