"""What every driver does: say that it is ready, then answer requests until its input ends."""

import json
import sys
import time


def serve(work):
    """Answer each request with the seconds of ``work(**request)`` and what else it returns."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        begin = time.perf_counter()
        found = work(**request) or {}
        seconds = found.pop("seconds", None) or time.perf_counter() - begin
        print(json.dumps({"seconds": seconds, **found}), flush=True)
