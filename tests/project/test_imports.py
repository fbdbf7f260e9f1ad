from __future__ import annotations

import subprocess
import sys


def test_project_files_need_no_window_no_torch_and_no_opencv():
    code = (
        "import sys, studio.project.store, studio.project.recovery\n"
        "print(sorted({'torch', 'matplotlib', 'PySide6', 'cv2', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
