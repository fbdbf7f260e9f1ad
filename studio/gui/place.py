"""The question where something is to be kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def choose_place(parent: QWidget, title: str, suggestion: Path, kinds: dict[str, str]) -> Path | None:
    """A place chosen by the user, with the suffix of the kind chosen; the dialog asks before it gives an existing one.

    `kinds` maps what the dialog offers, "PNG (*.png)", to its suffix, "" for none; the first one is proposed.
    """
    dialog = PlaceDialog(parent, title, suggestion, kinds)
    place = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return place


class PlaceDialog(QFileDialog):
    """The name follows the kind: the dialog itself adds the suffix, so it asks about the file that will be written."""

    def __init__(self, parent: QWidget, title: str, suggestion: Path, kinds: dict[str, str]) -> None:
        super().__init__(parent, title, str(suggestion.parent), ";;".join(kinds))
        self._kinds = kinds
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix(next(iter(kinds.values()))[1:])
        self.selectFile(suggestion.name)
        self.filterSelected.connect(self.follow)

    def follow(self, kind: str) -> None:
        """Take the suffix of `kind`, also in the name that stands there."""
        suffix = self._kinds[kind]
        self.setDefaultSuffix(suffix[1:])
        named = Path(self.selectedFiles()[0])
        if named.suffix.lower() in self._kinds.values():
            self.selectFile(named.with_suffix(suffix).name)
