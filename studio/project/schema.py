"""The layout of the `.odr` file, schema 1.0.

    bytes 0..511      envelope: see envelope.py; HDF5 takes it for a user block
    bytes 512..       an HDF5 file:
      /                     attributes schema_major, schema_minor
      /project              text: JSON object with design, variants, history, data, view, notes, created
      /runs/records         text: JSON list, one object a run
      /runs/numbers         float64 (N,): for each run in turn its metrics, scores (value, low, high) and curves
                            (abscissa, value; row after row); names and lengths stand in the records
      /runs/arrays/ID/NAME  further arrays of run ID     (ID and NAME percent-encoded)
      /runs/weights/ID/NAME float16 weights of kept runs
      /evaluations, /trials the same, without weights

Texts are scalar fixed-length strings of ASCII JSON. There are integers, floats and fixed-length strings; no
variable-length or object types, references, links other than hard ones, or external storage.

A newer minor may add root entries and keys of JSON records; readers of this version carry both along. The lens
record is closed: a lens this version cannot simulate needs a new major, which is refused by name.
"""

from __future__ import annotations

from urllib.parse import quote

from studio.project.records import Evaluation, Record, Run, Trial

MAJOR = 1
MINOR = 0
SUFFIX = ".odr"
MAX_FILE_BYTES = 1024**3

TABLES: dict[str, type[Record]] = {"runs": Run, "evaluations": Evaluation, "trials": Trial}
ROOT_NAMES = ("project", *TABLES)
ARRAYS_OF: dict[type[Record], tuple[str, ...]] = {
    Run: ("arrays", "weights"),
    Evaluation: ("arrays",),
    Trial: ("arrays",),
}


def array_path(kind: str, record_id: str, name: str) -> str:
    """Where an array of a record lies in the group of its table; `kind` is "arrays" or "weights"."""
    return f"{kind}/{_link_name(record_id)}/{_link_name(name)}"


def _link_name(name: str) -> str:
    # "." alone would mean the group itself
    return "%2E" if name == "." else quote(name, safe=" ", errors="surrogatepass")
