"""The JSON schema of a chip's page, made from the models that check it."""

import json

from neurodeploy.hardware.chip_schema import Chip


def schema_text() -> str:
    """Return the schema as text, the same every time."""
    schema = Chip.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"
