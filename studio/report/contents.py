"""What a report says of a project: sections of texts, tables and pictures, from the project's own data alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version

import numpy as np

from studio.capture.offline import OfflineCamera
from studio.evaluation.bootstrap import Interval
from studio.evaluation.reading import (
    NOTICE,
    SCENARIOS,
    SWEPT,
    Cell,
    affect,
    cells,
    facts,
    headline,
    roc,
    strip,
    sweep,
)
from studio.faces.cohort.faces import pictures, shipped
from studio.faces.recognisers import Picture
from studio.optics.baselines import NONE, Baseline, parse_baseline
from studio.optics.lens import COLOURS, LensDesign
from studio.optics.psf import psf
from studio.optics.zernike import term_name
from studio.project.model import Project
from studio.project.records import Evaluation, Run, Trial
from studio.report.blocks import Block, Plate, Section, Table
from studio.report.drawings import (
    draw_gallery,
    draw_lens,
    draw_pictures,
    draw_rocs,
    draw_sweeps,
    draw_tradeoff,
    draw_training,
    strip_rows,
)
from studio.study.front import hypervolume, reference_point
from studio.study.pinned import scored
from studio.study.plan import MEASURES, PRIVACY, UTILITY, Measure, baseline_of
from studio.study.tradeoff import Scatter, advantage, scatter

LIMITS = (
    "The people of the built-in cohort are synthetic, and so are their severities: a simulated number that drives how "
    "a face moves. No result on them says anything about patients, and none here is clinical.",
    "A static lens has one PSF; who learns it can try to undo it. Privacy is therefore reported for the worst attacker "
    "that was tried, with noise and bits. Attackers that were not tried may do better; generative priors are untested.",
    "The simulation has one PSF for the whole picture, no magnification, no off-axis aberrations, and assumes the "
    "surface is made as designed.",
)
BESIDE = ("gaussian:2", "gaussian:4", "gaussian:8", "defocus:8", "defocus:16", "defocus:32", "pixelate:8")
_PSF_PX = 129
_MOST_RUNS = 5
_STARTS = ("expression_r2", "expression_accuracy", "severity_mae", "severity_rmse", "severity_ccc", "adversary_auc")


def contents(project: Project, name: str, path: str) -> list[Section]:
    """All sections of the report on `project`, which is called `name`; `path` is for the commands that it prints."""
    return [
        _opening(project, name),
        _lens(project.design),
        _visual(project.design),
        *([_training(project.runs)] if project.runs else []),
        *([_privacy(project.evaluations)] if project.evaluations else []),
        *([_tradeoff(project)] if project.trials else []),
        _provenance(project, path),
        _card(project),
    ]


def _opening(project: Project, name: str) -> Section:
    said = [NOTICE]
    if project.notes:
        said.append(project.notes)
    if project.evaluations:
        said.append(headline(project.evaluations[-1]))
    counts = {"training run": project.runs, "evaluation": project.evaluations, "trial": project.trials}
    held = ", ".join(f"{len(records)} {kind}{'' if len(records) == 1 else 's'}" for kind, records in counts.items())
    return Section(f"OpticalDR Studio: {name}", (*said, f"The project holds {held}."))


def _lens(design: LensDesign) -> Section:
    found = psf(design, size=_PSF_PX)
    sensor = design.sensor
    rows = [
        ("aperture", f"{design.aperture_diameter_mm:g} mm"),
        ("sensor distance", f"{design.sensor_distance_mm:g} mm"),
        ("object distance", f"{design.object_distance_m:g} m"),
        ("wavelengths", ", ".join(f"{w:g}" for w in design.wavelengths_nm) + " nm"),
        ("indices", ", ".join(f"{n:.4f}" for n in design.refractive_indices)),
        ("pixels", f"{sensor.pixels} of {sensor.pitch_um:g} µm"),
        ("read noise", f"{sensor.noise:g} of full scale"),
        ("bits", str(sensor.bits)),
        *((f"Strehl, {c}", f"{s:.4f}") for c, s in zip(COLOURS, found.strehl, strict=True)),
        *((f"light in {_PSF_PX} px, {c}", f"{e:.1%}") for c, e in zip(COLOURS, found.window_energy, strict=True)),
    ]
    terms = [
        (f"Z{j}", term_name(j), f"{height:.4f}") for j, height in enumerate(design.zernike_um, 1) if height and j > 3
    ]
    return Section(
        "Lens",
        (
            Plate(
                "lens",
                "Surface height, PSF and contrast of the lens.",
                2.5,
                partial(draw_lens, design=design, psf=found),
            ),
            Table("lens", "The lens and its sensor.", ("parameter", "value"), tuple(rows)),
            Table(
                "zernike", "The surface: Zernike terms (Noll, RMS 1).", ("term", "name", "height (µm)"), tuple(terms)
            ),
        ),
    )


def _visual(design: LensDesign) -> Section:
    """One synthetic person through blurs of growing strength and through the lens (the paper's kind of Fig. 5)."""
    face = pictures(shipped()).split("validation").read(0)
    shown = {"clear": face}
    for name in BESIDE:
        shown[name] = _seen(design, face, parse_baseline(name))
    shown["this lens"] = _seen(design, face, NONE)
    caption = (
        f"A synthetic person ({len(face)} px) through blurs, strengths in pixels, and through this lens, "
        f"with noise {design.sensor.noise:g} and {design.sensor.bits} bits."
    )
    return Section("What it does to a face", (Plate("visual", caption, 1.0, partial(draw_gallery, pictures=shown)),))


def _seen(design: LensDesign, face: Picture, baseline: Baseline) -> Picture:
    shown = OfflineCamera(design, baseline)(face, 0)
    return np.rint(255 * np.clip(shown, 0, 1)).astype(np.uint8)


def _training(runs: Sequence[Run]) -> Section:
    figures = [name for name in _STARTS if any(name in run.metrics for run in runs)]
    rows = tuple(
        (run.label or run.id, method_of_run(run), *(_number(run.metrics.get(name)) for name in figures)) for run in runs
    )
    curves = [(run.label or run.id, run.curves) for run in runs[-_MOST_RUNS:] if run.curves]
    blocks: list[Block] = [
        "Figures are those of validation people, who were not trained on but whom choices were made on; figures of "
        "test people stand under Privacy.",
        Table("training", "What the runs reached.", ("run", "optics", *figures), rows),
    ]
    if curves:
        caption = "Validation figures while training: " + ", ".join(name for name, _ in curves) + "."
        blocks.append(Plate("training", caption, 2.3, partial(draw_training, runs=curves)))
    return Section("Training", tuple(blocks))


def _privacy(evaluations: Sequence[Evaluation]) -> Section:
    blocks: list[Block] = [_methods_table(evaluations), *_reading_table(evaluations)]
    curves = _rocs(evaluations)
    if curves:
        caption = (
            "ROC of off-the-shelf recognisers, captured against clear, with bands over people (the paper's Fig. 3)."
        )
        blocks.append(Plate("roc", caption, 2.6, partial(draw_rocs, by_recogniser=curves)))
    for record in evaluations:
        rows = tuple(
            (
                f"{cell.control}: " * bool(cell.control) + SCENARIOS.get(cell.scenario, cell.scenario),
                cell.attacker,
                cell.recogniser,
                str(cell.auc),
                *(_number(cell.figures.get(name)) for name in ("eer", "fnmr_1e-2")),
            )
            for cell in cells(record)
            if cell.swept is None
        )
        title = record.label or record.id
        head = ("scenario", "attacker", "recogniser", "AUC [95 %]", "EER", "FNMR at 1e-2")
        blocks += [f"{title}. {headline(record)}", Table(f"grid-{record.id}", f"{title}: all cells.", head, rows)]
        blocks += _sweeps(record, title)
        if (kept := strip(record)) is not None:
            shown = strip_rows(kept)
            high = 0.2 + 0.75 * len(shown)
            blocks.append(Plate(f"strip-{record.id}", f"{title}: pictures.", high, partial(draw_pictures, rows=shown)))
    return Section("Privacy", tuple(blocks))


def _reading_table(evaluations: Sequence[Evaluation]) -> list[Table]:
    """Severity and expression per method, of people that its network never saw: the paper's other kind of table."""
    found = {record.id: dict(affect(record)) for record in evaluations}
    names = list(dict.fromkeys(name for read in found.values() for name in read))
    rows = tuple((method_of(r), *(found[r.id].get(name, "") for name in names)) for r in evaluations if found[r.id])
    caption = "What the networks of runs read of people that they never saw, with 95 % intervals over people."
    return [Table("affect", caption, ("method", *names), rows)] if rows else []


def _sweeps(record: Evaluation, title: str) -> list[Block]:
    """A table and a plate of what other sensors would have given."""
    found = {words: sweep(cells(record), kind) for kind, words in SWEPT.items()}
    found = {words: curves for words, curves in found.items() if curves}
    if not found:
        return []
    rows = tuple(
        (words, f"{value:g}", name.replace("/", ", "), str(auc))
        for words, curves in found.items()
        for name, points in curves.items()
        for value, auc in points
    )
    head = ("sensor", "value", "attacker", "AUC [95 %]")
    caption = f"{title}: AUC with other read noise and bit depths."
    plate = Plate(f"sweeps-{record.id}", caption, 3.4, partial(draw_sweeps, sweeps=found))
    return [plate, Table(f"sweeps-{record.id}", f"{title}: other sensors.", head, rows)]


def _methods_table(evaluations: Sequence[Evaluation]) -> Table:
    """AUC of A0, captured against clear, per method and recogniser: the paper's kind of table."""
    watched = {record.id: {c.recogniser: c for c in _watching(record)} for record in evaluations}
    names = sorted({recogniser for found in watched.values() for recogniser in found})
    rows = tuple(
        (method_of(record), *(str(watched[record.id][n].auc) if n in watched[record.id] else "" for n in names))
        for record in evaluations
    )
    caption = (
        "Recognition: AUC of off-the-shelf recognisers (A0), captured against clear, with 95 % intervals over people."
    )
    return Table("recognition", caption, ("method", *names), rows)


def _rocs(evaluations: Sequence[Evaluation]) -> dict:
    found: dict = {}
    for record in evaluations:
        for cell in _watching(record):
            curve = roc(record, cell)
            if curve is not None:
                found.setdefault(cell.recogniser, []).append((method_of(record), curve))
    return found


def _watching(record: Evaluation) -> list[Cell]:
    """Of each off-the-shelf recogniser the cell of captures against clear pictures."""
    asked = record.config.get("recognisers")  # raw pixels and mean colour are none
    known = [cell for cell in cells(record) if not asked or cell.recogniser in asked]
    return [c for c in known if not c.control and c.scenario == "captured-clear" and c.attacker == "A0"]


def _tradeoff(project: Project) -> Section:
    trials = project.trials
    measures = chosen_measures(trials)
    blocks: list[Block] = [
        "Every trial was trained and attacked on validation people. "
        f"Test people are for pinned trials only, once each; pinned: {sum(trial.pinned for trial in trials)}, "
        f"scored: {sum(scored(project, trial.id) for trial in trials)}.",
    ]
    points = scatter(trials, measures) if measures else None
    if points is not None and measures is not None:
        blocks += [_area(points, measures), _tradeoff_plate(points, measures)]
    rows = tuple(
        (
            trial.label or trial.id,
            baseline_of(trial) or "lens",
            trial.state,
            *(_number(trial.metrics.get(m.name)) for m in measures or ()),
            f"{trial.wall_time_s / 60:.1f}",
        )
        for trial in trials
    )
    head = ("trial", "optics", "state", *(measure.name for measure in measures or ()), "minutes")
    if points is not None:
        blocks += _best_tables(points)
    blocks.append(Table("trials", "All trials, failed ones with them.", head, rows))
    if reasons := tuple((trial.label or trial.id, trial.state, trial.reason) for trial in trials if trial.reason):
        blocks.append(Table("reasons", "Why trials gave no result.", ("trial", "state", "reason"), reasons))
    return Section("Trade-off", tuple(blocks))


def _best_tables(points: Scatter) -> list[Table]:
    """What the lenses of the front and the baselines leak and keep of validation people: the paper's kinds of table."""
    shown = [trial for trial, best in zip(points.trials, points.front, strict=True) if best or baseline_of(trial)]
    captions = {
        "recognition-trials": (
            [m for m in PRIVACY if m.name != "a0_auc"],
            "Recognition through the lenses of the front and through baselines: AUC",
        ),
        "affect-trials": (UTILITY, "Expression and simulated severity read through them"),
    }
    tables = []
    for name, (measures, caption) in captions.items():
        known = [m for m in measures if any(m.name in trial.metrics for trial in shown)]
        rows = tuple((trial.label or trial.id, *(_with_interval(trial, m.name) for m in known)) for trial in shown)
        if known:
            head = ("method", *(measure.name for measure in known))
            tables.append(Table(name, f"{caption}; validation people, 95 % intervals over them.", head, rows))
    return tables


def _with_interval(trial: Trial, name: str) -> str:
    if name in trial.scores:
        return str(Interval(*trial.scores[name]))
    return _number(trial.metrics.get(name))


def _tradeoff_plate(points: Scatter, measures: tuple[Measure, Measure]) -> Plate:
    caption = f"{measures[1].title} against {measures[0].title}, with 95 % intervals where they are known."
    return Plate("tradeoff", caption, 4.0, partial(draw_tradeoff, points=points, measures=measures))


def _area(points: Scatter, measures: tuple[Measure, Measure]) -> str:
    """How much of the plane lenses cover, and baselines."""
    blurs = sorted({i for numbers in points.baselines.values() for i in numbers})
    if not blurs or not points.lenses():
        return "Lenses and baselines can be compared when there are trials of both."
    corner = reference_point(points.values, measures)
    ours, theirs = (hypervolume(points.values[numbers], measures, corner) for numbers in (points.lenses(), blurs))
    ratio = f"{ours / theirs:.2f}" if theirs else "undefined"
    said = f"Hypervolume of the lenses over that of the baselines: {ratio}, from the worst corner of both."
    found = advantage(points, measures)
    if found is not None:
        said += (
            f" Over the best kind of baseline, {found.baseline}: {found.ratio} (95 % over people). "
            f"{len(points.lenses())} lenses stand against {len(blurs)} baselines; more points cover more."
        )
    return said


def chosen_measures(trials: Sequence[Trial]) -> tuple[Measure, Measure] | None:
    """The first privacy and the first utility measure that finished trials have; None when they have none."""
    known = {name for trial in trials if trial.state == "finished" for name in trial.metrics}
    pair = [next((m for m in kind if m.name in known), None) for kind in (PRIVACY, UTILITY)]
    return None if None in pair else (MEASURES[pair[0].name], MEASURES[pair[1].name])  # type: ignore[union-attr]


def _provenance(project: Project, path: str) -> Section:
    rows = [("report", f"opticaldr-studio {version('opticaldr-studio')}"), ("project made", project.created)]
    rows += [(data.spec, data.sha256 or "not hashed") for data in project.data]
    for run in project.runs:
        versions = ", ".join(f"{name} {v}" for name, v in run.versions.items())
        rows.append(
            (run.label or run.id, f"seed {run.seed}, {run.wall_time_s / 60:.1f} min on {run.device}, {versions}")
        )
    for record in project.evaluations:
        rows.append((record.label or record.id, ", ".join(f"{name} {text}" for name, text in facts(record))))
    commands = f"opticaldr info {path}; opticaldr report {path} --out report.pdf"
    table = Table("provenance", "Where the numbers come from.", ("what", "how"), tuple(rows))
    return Section("Provenance", (table, f"Read or made anew with: {commands}"))


def _card(project: Project) -> Section:
    kept = [run for run in project.runs if run.kept]
    network = "no network is kept with this project."
    if kept:
        spec = kept[-1].config.get("network", {})
        network = (
            f"a {spec.get('trunk', 'network')} that reads {len(spec.get('unit_names', []))} face units, "
            f"{len(spec.get('class_names', []))} expressions and a severity from pictures of "
            f"{kept[-1].config.get('size_px', '?')} px, trained on {', '.join(kept[-1].config.get('data', []))}."
        )
    return Section(
        "Model card and limits",
        (
            f"Model: {network}",
            "Meant for: research on optics that protect privacy. Not for: diagnosis, screening, surveillance, or any "
            "decision about a person.",
            *LIMITS,
            NOTICE,
        ),
    )


def method_of(record: Evaluation) -> str:
    """What pictures were taken with: the blur in the lens' place, or the evaluation's own name."""
    baseline = record.config.get("baseline", "none")
    return record.label or "lens" if baseline in ("", "none") else str(baseline)


def method_of_run(run: Run) -> str:
    baseline = run.config.get("baseline", "none")
    return "lens" if baseline in ("", "none") else str(baseline)


def _number(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.3f}"
