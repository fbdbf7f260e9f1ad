"""Name, notes and provenance of an evaluation."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from studio.evaluation.reading import facts
from studio.gui.evaluations import Evaluations
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.section import Section
from studio.project.records import Evaluation

_NOTE_LINES = 3


class _Notes(QPlainTextEdit):
    """Keeps what was typed when the focus goes elsewhere."""

    def __init__(self, keep) -> None:
        super().__init__()
        self._keep = keep
        self.setAccessibleName("Notes on the evaluation")
        hint(self, "Kept with the evaluation; undo takes changes back")
        self.setPlaceholderText("Notes …")
        self.setTabChangesFocus(True)
        self.setFixedHeight(_NOTE_LINES * self.fontMetrics().lineSpacing() + 2 * SPACING)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._keep()


class EvaluationFacts(Section):
    """Folded until somebody asks."""

    def __init__(self, evaluations: Evaluations, parent: QWidget | None = None) -> None:
        super().__init__("Name, notes, provenance", folded=True, parent=parent)
        self._evaluations = evaluations
        self._record: Evaluation | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the evaluation")
        hint(self.name, "Names this evaluation in lists, exports and the report")
        self.notes = _Notes(self._annotate)
        self.provenance = TokenLabel()
        self.provenance.setWordWrap(True)
        self.provenance.setTextFormat(Qt.TextFormat.PlainText)
        self.provenance.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self.name, self.notes, self.provenance):
            self.rows.addWidget(widget)
        self.name.editingFinished.connect(self._rename)

    def show_record(self, record: Evaluation, kept: bool) -> None:
        """Show `record`; one that is not `kept` yet cannot be named or annotated."""
        if self._record is None or record.id != self._record.id:
            self.name.setText(record.label)
            self.notes.setPlainText(record.notes)
        self._record = record
        self.name.setEnabled(kept)
        self.notes.setEnabled(kept)
        self.provenance.setText(" · ".join(f"{name}: {text}" for name, text in facts(record)))

    @Slot()
    def _rename(self) -> None:
        if self._record is not None:
            self._evaluations.rename(self._record, self.name.text().strip())

    def _annotate(self) -> None:
        if self._record is not None:
            self._evaluations.annotate(self._record, self.notes.toPlainText())
