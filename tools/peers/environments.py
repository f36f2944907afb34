"""Build an environment for each peer in the user's cache; what is there and right is kept.

    python tools/peers/environments.py [NAME ...]

One file of pinned requirements a peer; its text is copied into the environment when all of it is
installed, and a changed file builds the environment anew.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neurodeploy" / "peers"


def build(requirements: Path) -> None:
    folder = CACHE / requirements.stem
    made = folder / ".made"
    if made.exists() and made.read_text() == requirements.read_text():
        print(f"{requirements.stem}: {folder}, as it is")
        return
    print(f"{requirements.stem}: building {folder}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", "-r", str(requirements)], check=True)
    made.write_text(requirements.read_text())


def main() -> None:
    wanted = set(sys.argv[1:])
    found = sorted(REQUIREMENTS.glob("*.txt"))
    unknown = wanted - {path.stem for path in found}
    if unknown:
        sys.exit(f"no peer is called {', '.join(sorted(unknown))}")
    for path in found:
        if not wanted or path.stem in wanted:
            build(path)


if __name__ == "__main__":
    main()
