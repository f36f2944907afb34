"""`decision.json`: page one and the cost page; equal inputs give equal bytes."""

import dataclasses
import json
from typing import Any

from pydantic import TypeAdapter

from neurodeploy.decision.page_one import SCHEMA, PageOne


def as_json(page: PageOne) -> dict[str, Any]:
    """Return plain JSON values; None is unknown, or was not asked for."""
    return dataclasses.asdict(page)


def decision_text(page: PageOne) -> str:
    """Return the bytes of ``decision.json`` as text."""
    return json.dumps(as_json(page), indent=1, sort_keys=True, allow_nan=False) + "\n"


def schema_text() -> str:
    """Return the published JSON schema (draft 2020-12)."""
    schema = TypeAdapter(PageOne).json_schema()
    schema["properties"]["schema"] = {"const": SCHEMA, "title": "Schema", "type": "integer"}
    schema["required"] = list(schema["properties"])
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"
