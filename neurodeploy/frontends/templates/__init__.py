"""Networks to train from: random weights in a shape that is known to train and to compile."""

from neurodeploy.frontends.templates.make import TEMPLATES, make
from neurodeploy.frontends.templates.options import Kind, TemplateOptions, TemplateReadout

__all__ = ["TEMPLATES", "Kind", "TemplateOptions", "TemplateReadout", "make"]
