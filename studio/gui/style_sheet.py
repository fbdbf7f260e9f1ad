"""The style sheet: only what Fusion cannot draw from a palette, every colour from the tokens."""

from __future__ import annotations

from studio.gui.tokens import Tokens
from studio.resources import resource_path


def style_sheet(t: Tokens) -> str:
    """Qt style sheet text for the colours `t`."""
    # A style sheet cannot tint a picture: these are a grey that reads on both themes; the check goes on the accent.
    arrow_down, arrow_up = _url("arrow-down"), _url("arrow-up")
    dock_close, dock_float = _url("dock-close"), _url("dock-float")
    check = _url(f"check-{t.name}")
    return f"""
QMainWindow {{ background: {t.window}; }}
QMainWindow::separator {{ background: {t.window}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {t.accent}; }}

QDockWidget {{ color: {t.muted}; font-weight: 600; titlebar-close-icon: {dock_close};
    titlebar-normal-icon: {dock_float}; }}
/* with 8 px below, too, Qt cuts g and p */
QDockWidget::title {{ background: {t.panel}; padding: 8px 12px 5px; text-align: left;
    border-bottom: 1px solid {t.border}; }}
QDockWidget::close-button, QDockWidget::float-button {{ background: transparent; border: none; padding: 2px; }}
QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {t.raised}; border-radius: 4px; }}

QFrame#toast, QFrame#command-palette, QFrame#tour {{ background: {t.raised}; border: 1px solid {t.border};
    border-radius: 8px; }}
QFrame#toast {{ border-left: 3px solid {t.accent}; }}
QFrame#toast[kind="success"] {{ border-left-color: {t.success}; }}
QFrame#toast[kind="warning"] {{ border-left-color: {t.warning}; }}
QFrame#toast[kind="error"] {{ border-left-color: {t.error}; }}
QFrame#tour {{ border-color: {t.accent}; }}
QFrame#command-palette QListWidget {{ background: transparent; border: none; outline: none; }}
QLineEdit[refused="true"] {{ color: {t.error}; border-color: {t.error}; }}
QFrame#command-palette QLineEdit {{ background: {t.panel}; padding: 6px 8px; }}
QScrollArea#welcome, QScrollArea#welcome > QWidget > QWidget {{ background: {t.panel}; }}
QLabel#welcome-title {{ font-size: 20px; font-weight: 600; }}
QLabel#heading {{ font-weight: 600; }}
QPushButton#choice {{ background: transparent; border-color: transparent; padding: 0; }}
QPushButton#choice:hover {{ background: {t.raised}; }}
QPushButton#choice:focus {{ border-color: {t.accent}; }}
QProgressBar {{ background: {t.border}; border: none; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
QStatusBar QPushButton {{ padding: 0 8px; min-height: 16px; }}

QLabel#qt_msgbox_label {{ font-weight: 600; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}

QMenuBar {{ background: {t.window}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {t.raised}; }}
QMenu {{ background: {t.raised}; border: 1px solid {t.border}; padding: 4px; }}
QMenu::item {{ padding: 6px 28px 6px 10px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.border}; }}
QMenu::item:disabled {{ color: {t.muted}; background: transparent; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::separator {{ height: 1px; background: {t.border}; margin: 4px 8px; }}

QToolBar {{ background: {t.window}; border: none; spacing: 2px; padding: 0 8px 6px 8px; }}
QToolBar::separator {{ background: {t.border}; width: 1px; margin: 4px 6px; }}
QToolBar#rail {{ padding: 0; spacing: 4px; }}
QToolBar#rail QToolButton {{ color: {t.muted}; border: none; border-left: 3px solid transparent; border-radius: 0;
    margin: 0; padding: 8px 5px 8px 2px; min-width: 54px; }}
QToolBar#rail QToolButton:hover {{ color: {t.text}; background: {t.panel}; }}
QToolBar#rail QToolButton:focus {{ color: {t.text}; background: {t.raised}; }}
QToolBar#rail QToolButton:checked {{ color: {t.text}; background: {t.panel}; border-left-color: {t.accent}; }}
QStatusBar {{ background: {t.window}; color: {t.muted}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {t.muted}; padding: 0 8px; }}

QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 6px; }}

QPushButton, QComboBox, QLineEdit, QAbstractSpinBox {{ background: {t.raised}; color: {t.text};
    border: 1px solid {t.border}; border-radius: 6px; padding: 3px 6px; min-height: 20px;
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QPushButton {{ padding: 3px 12px; }}
QPushButton:hover, QComboBox:hover, QLineEdit:hover, QAbstractSpinBox:hover {{ border-color: {t.muted}; }}
QPushButton:focus, QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus {{ border-color: {t.accent}; }}
QPushButton:pressed {{ background: {t.border}; }}
QPushButton:checked, QPushButton:default {{ background: {t.accent}; color: {t.on_accent};
    border-color: {t.accent}; }}
QPushButton:default:focus {{ border-color: {t.text}; }}
QPushButton:disabled, QComboBox:disabled, QLineEdit:disabled, QAbstractSpinBox:disabled {{
    background: {t.panel}; color: {t.muted}; border-color: {t.border}; }}
QComboBox QLineEdit {{ background: transparent; border: none; padding: 0; min-height: 0; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: {arrow_down}; width: 10px; height: 10px; }}
QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.border}; padding: 4px; outline: none;
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ background: transparent; border: none; width: 18px; }}
QAbstractSpinBox::up-arrow {{ image: {arrow_up}; width: 8px; height: 8px; }}
QAbstractSpinBox::down-arrow {{ image: {arrow_down}; width: 8px; height: 8px; }}

QToolButton {{ background: transparent; color: {t.text}; border: 1px solid transparent; border-radius: 6px;
    padding: 4px; }}
QToolButton:hover {{ background: {t.raised}; }}
QToolButton#small {{ padding: 0; }}
QToolButton:focus {{ border-color: {t.accent}; }}
QToolButton:pressed {{ background: {t.border}; }}
QToolButton:checked {{ background: {t.raised}; border-color: {t.accent}; color: {t.accent}; }}
QToolButton:disabled {{ color: {t.muted}; }}
QToolButton#consent:checked {{ background: {t.error}; border-color: {t.error}; }}
QToolButton#consent:checked:focus {{ border-color: {t.text}; }}
QToolBar QToolButton {{ padding: 3px; }}
Section > QToolButton, Section > QToolButton:checked {{ background: transparent; border-color: transparent;
    color: {t.text}; padding: 4px 0; }}
Section > QToolButton:hover {{ color: {t.accent}; }}
Section > QToolButton:focus {{ border-color: {t.accent}; }}
QToolButton::menu-indicator {{ image: none; }}

QCheckBox, QRadioButton {{ spacing: 8px; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {t.muted};
    background: {t.raised}; }}
QCheckBox::indicator {{ border-radius: 4px; }}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked {{ background: {t.accent}; border-color: {t.accent};
    image: {check}; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {t.accent}; width: 12px; height: 12px; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {t.muted}; }}

QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.border}; }}
QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {t.panel}; border: 3px solid {t.accent}; width: 8px; height: 8px;
    margin: -5px 0; border-radius: 7px; }}
QSlider::handle:horizontal:hover {{ background: {t.accent}; }}
QSlider::handle:horizontal:focus {{ background: {t.text}; }}
QSlider::sub-page:horizontal:disabled {{ background: {t.border}; }}
QSlider::handle:horizontal:disabled {{ border-color: {t.border}; }}

QGroupBox {{ border: none; border-top: 1px solid {t.border}; margin-top: 12px; padding-top: 12px; font-weight: 600; }}
QGroupBox::title {{ subcontrol-origin: margin; subcontrol-position: top left; padding-right: 8px; color: {t.muted}; }}

QScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {t.border}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QHeaderView {{ background: {t.panel}; }}
QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none; border-bottom: 1px solid {t.border};
    border-right: 1px solid {t.border}; padding: 4px 8px; }}
QTableView {{ gridline-color: {t.border}; border: 1px solid {t.border}; }}
QTableView QTableCornerButton::section {{ background: {t.panel}; border: none; }}

QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QTabBar::tab:hover, QTabBar::tab:focus {{ color: {t.text}; }}
QTabBar::tab:bottom {{ padding: 5px 12px; border-bottom: none; border-top: 2px solid transparent; }}
QTabBar::tab:bottom:selected {{ background: {t.panel}; border-top-color: {t.accent}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {t.border}; }}
QPlainTextEdit, QTextEdit, QTextBrowser {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: 6px; }}
"""


def _url(name: str) -> str:
    return f"url({resource_path('icons', name + '.svg').as_posix()})"
