"""lava-dl's `.net` networks as Programs, with the file's own integers, as its netx runs them."""

from neurodeploy.frontends.lava_dl.input_transform import InputTransform, input_transform
from neurodeploy.frontends.lava_dl.load import from_lava_dl

__all__ = ["InputTransform", "from_lava_dl", "input_transform"]
