"""Stage docs/ with the pages made from code, and build them: `python -m tools.docs build/docs`.

Nothing is fetched; a warning, and so a dead link, is an error.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.docs import command_pages, error_pages

ROOT = Path(__file__).resolve().parents[2]


def stage(folder: Path) -> Path:
    """Return a copy of docs/ in `folder`, with the pages of commands and errors."""
    pages = folder / "docs"
    shutil.copytree(ROOT / "docs", pages)
    (folder / "tests").symlink_to(ROOT / "tests")  # whose files pages show
    command_pages.write(pages)
    error_pages.write(pages)
    return pages


def build(out: Path) -> int:
    """Build the pages into `out` and return Sphinx's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        pages = stage(Path(folder))
        sphinx = (sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E")
        return subprocess.run(
            [*sphinx, "-b", "html", "-d", f"{folder}/doctrees", str(pages), str(out)],
            cwd=ROOT,
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1])))
