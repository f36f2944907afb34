"""How fast we are against the peers, from what `make bench` left in docs/bench.json."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "bench.json"


def tables() -> str:
    """What was promised, and every peer."""
    if not RESULTS.exists():
        return "Not measured on this machine yet: `make bench` writes docs/bench.json."
    sys.path.insert(0, str(ROOT))
    from tools.bench import document

    results = json.loads(RESULTS.read_text())
    return "\n\n".join(
        (document.setting(results), document.promised(results), document.peers(results))
    )
