"""The command line `opticaldr`: everything the window can do, without a window.

Every command takes `--json`. Exit codes: 0 done, 2 bad use or bad input (one line says what), 1 a failure.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from studio import app
from studio.allocator import keep_freed_memory
from studio.optics.baselines import NONE, parse_baseline
from studio.optics.lens import DesignError, LensDesign
from studio.optics.parameters import all_values, get_value, set_value
from studio.optics.presets import DEFAULT_PRESET, PRESETS, RANDOM_PREFIX, preset
from studio.optics.psf import psf
from studio.project import atomic, store
from studio.project.model import Project
from studio.project.records import ProjectError


class UsageError(Exception):
    """Arguments that do not fit; the text is one line."""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is one `-h` away."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} -h\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    keep_freed_memory()
    parser = _parser()
    if _opens_window(arguments):
        arguments.insert(0, "studio")
    options = parser.parse_args(arguments)
    try:
        result, text = options.run(options)
    except (UsageError, DesignError, ProjectError) as error:
        return _refuse(error, 2, options.debug)
    except (OSError, MemoryError) as error:
        return _refuse(error, 1, options.debug)
    except KeyboardInterrupt:
        return _refuse(KeyboardInterrupt("stopped"), 1, False)
    if isinstance(result, ExitCode):
        return result.code
    print(json.dumps(result, indent=2, allow_nan=False) if options.json else text)
    return 1 if isinstance(result, dict) and result.get("ok") is False else 0


def _opens_window(arguments: list[str]) -> bool:
    """`opticaldr`, `opticaldr FILE.odr` and `opticaldr --source SPEC` mean the command `studio`."""
    if not arguments:
        return True
    first = arguments[0]
    return first.endswith(".odr") or (first.startswith("--") and first not in ("--help", "--version"))


class ExitCode:
    """What a command that prints nothing of its own hands back."""

    def __init__(self, code: int) -> None:
        self.code = code


Answer = tuple[Any, str]
"""A JSON value, and the same for a person."""


def _refuse(error: BaseException, code: int, debug: bool) -> int:
    if debug:
        raise error
    text = str(error)
    if isinstance(error, OSError) and error.filename is not None:
        text = f"{error.filename}: {atomic.reason(error)}"
    text = " ".join(text.split()) or type(error).__name__
    print(f"opticaldr: {text}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="opticaldr",
        description="Design a lens that removes identity at capture. Research use only; not a medical device.",
        epilog="Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=_version())
    common = OneLineParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON")
    common.add_argument("--debug", action="store_true", help="show the traceback of a failure")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], Answer], help_text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common], help=help_text, description=help_text)
        sub.set_defaults(run=run)
        return sub

    app.add_arguments(command("studio", _studio, "open the window (the default)"))

    sub = command("new", _new, "make a project file")
    sub.add_argument("file", type=Path, metavar="FILE.odr")
    sub.add_argument("--preset", default=DEFAULT_PRESET, metavar="NAME", help="see `opticaldr presets`")

    command("presets", _presets, "list the starting lenses and where their numbers come from")

    for name, run, help_text in (
        ("info", _info, "what a project holds"),
        ("verify", _verify, "check a project file from the first byte to the last"),
    ):
        command(name, run, help_text).add_argument("file", type=Path, metavar="FILE.odr")

    sub = command("get", _get, "print one value of the lens, or all")
    sub.add_argument("file", type=Path, metavar="FILE.odr")
    sub.add_argument("key", nargs="?", metavar="KEY", help="for example zernike.5 or sensor.noise")

    sub = command("set", _set, "change values of the lens, all or none")
    sub.add_argument("file", type=Path, metavar="FILE.odr")
    sub.add_argument("changes", nargs="+", metavar="KEY=VALUE", help="for example zernike.5=0.8")

    sub = command("psf", _psf, "compute the point spread function")
    _add_lens(sub)
    sub.add_argument("--depth", type=_number, metavar="M", help="object distance, m (default: the project's)")
    sub.add_argument("--size", type=_whole, default=64, metavar="K", help="sensor pixels a side (default 64)")
    sub.add_argument("--out", type=Path, required=True, metavar="F.npz")

    sub = command("capture", _capture, "turn pictures or a video into captures")
    _add_lens(sub)
    sub.add_argument("--input", required=True, metavar="IMAGE|VIDEO|DIR|SPEC")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR")
    sub.add_argument("--depth", type=_number, metavar="M", help="object distance, m")
    sub.add_argument("--noise", type=_number, metavar="S", help="read noise, share of full scale")
    sub.add_argument("--bits", type=_whole, metavar="B", help="bit depth")
    sub.add_argument("--seed", type=_whole, default=0, metavar="N", help="of the noise (default 0)")
    sub.add_argument(
        "--baseline", default="none", metavar="KIND", help="gaussian:SIGMA, defocus:DIAMETER, pixelate:FACTOR or none"
    )

    command("doctor", _doctor, "what is installed, what is missing and the line that installs it")
    return parser


def _add_lens(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("file", type=Path, nargs="?", metavar="FILE.odr")
    sub.add_argument("--preset", metavar="NAME", help="a starting lens in place of a project")


def _version() -> str:
    from importlib.metadata import version

    return f"OpticalDR Studio {version('opticaldr-studio')}"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def _whole(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return number


def _lens(options: argparse.Namespace) -> LensDesign:
    if (options.file is None) == (options.preset is None):
        raise UsageError("give either a project file or --preset NAME")
    return preset(options.preset) if options.preset else store.load(options.file).design


def _studio(options: argparse.Namespace) -> Answer:
    return ExitCode(app.run(options.file, options.source, options.screenshot, options.after)), ""


def _new(options: argparse.Namespace) -> Answer:
    if options.file.exists():
        raise UsageError(f"{options.file} exists already; choose another name or remove it first")
    store.save(Project().with_design(preset(options.preset), f"New from {options.preset}"), options.file)
    return {"file": str(options.file), "preset": options.preset}, f"{options.file}: new project from {options.preset}"


def _presets(options: argparse.Namespace) -> Answer:
    rows = [{"name": p.name, "title": p.title, "source": p.source} for p in PRESETS.values()]
    rows.append(
        {
            "name": f"{RANDOM_PREFIX}SEED",
            "title": "Random lens",
            "source": "Focused at 1 m with normal random terms 5-15 of 0.4 um RMS each; our choice.",
        }
    )
    return rows, "\n".join(f"{row['name']:<20} {row['source']}" for row in rows)


def _info(options: argparse.Namespace) -> Answer:
    facts = store.info(options.file)
    counts = ", ".join(f"{len(facts[name])} {name}" for name in ("variants", "runs", "evaluations", "trials"))
    values = all_values(LensDesign.from_dict(facts["design"]))
    lens = "\n".join(f"  {key} = {value}" for key, value in values.items())
    return facts, f"{options.file}: schema {facts['schema']}, {facts['bytes']} bytes, {counts}\n{lens}"


def _verify(options: argparse.Namespace) -> Answer:
    line = store.verify(options.file)
    return {"file": str(options.file), "sound": True, "detail": line}, line


def _get(options: argparse.Namespace) -> Answer:
    design = store.load(options.file).design
    if options.key is None:
        values = all_values(design)
        return values, "\n".join(f"{key} = {value}" for key, value in values.items())
    value = get_value(design, options.key)
    return {options.key: value}, str(value)


def _set(options: argparse.Namespace) -> Answer:
    with store.ProjectLock(options.file):
        project = store.load(options.file)
        design = project.design
        done = {}
        for change in options.changes:
            key, equals, text = change.partition("=")
            if not equals:
                raise UsageError(f"{change!r} is not of the form KEY=VALUE")
            design = set_value(design, key.strip(), text)
            done[key.strip()] = get_value(design, key.strip())
        store.save(project.with_design(design, f"Set {', '.join(done)}"), options.file)
    return done, "\n".join(f"{key} = {value}" for key, value in done.items())


def _psf(options: argparse.Namespace) -> Answer:
    result = psf(_lens(options), object_distance_m=options.depth, size=options.size)
    grid = {
        "pupil_samples": result.grid.pupil_samples,
        "nodes_per_pixel": result.grid.nodes_per_pixel,
        "window_px": result.grid.window_px,
        "reason": result.grid.reason,
    }
    target = options.out if options.out.suffix == ".npz" else options.out.with_name(f"{options.out.name}.npz")
    if not target.parent.is_dir():
        raise UsageError(f"{target}: the folder {target.parent} does not exist")
    file = io.BytesIO()
    np.savez(
        file,
        psf=result.values,
        pitch_m=result.pitch_m,
        wavelengths_m=np.array(result.wavelengths_m),
        window_energy=np.array(result.window_energy),
        strehl=np.array(result.strehl),
        grid=json.dumps(grid),
    )
    try:
        atomic.write(target, file.getvalue(), verify=lambda _: None)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    facts = {
        "file": str(target),
        "shape": list(result.values.shape),
        "pitch_m": result.pitch_m,
        "wavelengths_m": list(result.wavelengths_m),
        "window_energy": list(result.window_energy),
        "strehl": list(result.strehl),
        "grid": grid,
        "warnings": list(result.warnings),
    }
    rows = [
        f"{colour:<6} Strehl {s:<8.3g}  window energy {e:.4f}"
        for colour, s, e in zip(("red", "green", "blue"), result.strehl, result.window_energy, strict=True)
    ]
    return facts, "\n".join([f"{target}: {grid['reason']}", *rows, *(f"warning: {w}" for w in result.warnings)])


def _capture(options: argparse.Namespace) -> Answer:
    baseline = parse_baseline(options.baseline)
    if baseline != NONE and options.file is None and options.preset is None:
        options.preset = "ideal"  # a baseline needs no lens, only a sensor
    design = _lens(options)
    if options.input == "cohort" or options.input.startswith("camera:"):
        raise UsageError(f"--input {options.input} has no end or is not available yet; use a picture, video or folder")
    from studio.capture import offline
    from studio.capture.pictures import SourceError

    try:
        design = offline.with_capture_options(design, options.depth, options.noise, options.bits)
        report = offline.capture_to_folder(design, options.input, options.out, baseline=baseline, seed=options.seed)
    except SourceError as error:
        raise UsageError(str(error)) from error
    facts: dict[str, Any] = {
        "out": str(options.out),
        "files": report.files,
        "frames": report.frames,
        "problems": report.problems,
        "warnings": report.warnings,
        "notes": report.notes,
    }
    remarks = [f"{kind}: {line}" for kind in ("problems", "warnings", "notes") for line in facts[kind]]
    return facts, "\n".join([f"{options.out}: {report.frames} captures in {len(report.files)} files", *remarks])


def _doctor(options: argparse.Namespace) -> Answer:
    from studio import doctor

    findings = doctor.examine()
    rows, lines = [], []
    for finding in findings:
        mark = "ok" if finding.ok else ("MISSING" if finding.needed else "optional")
        lines.append(f"{mark:<9} {finding.name}: {finding.detail}")
        if not finding.ok:
            lines.append(f"          mend: {finding.mend}")
        rows.append(
            {
                "name": finding.name,
                "ok": finding.ok,
                "needed": finding.needed,
                "detail": finding.detail,
                "mend": "" if finding.ok else finding.mend,
            }
        )
    sound = all(f.ok for f in findings if f.needed)
    return {"ok": sound, "findings": rows}, "\n".join(lines)
