"""Which inputs and hidden sizes a template takes."""

from neurodeploy.errors import InputError
from neurodeploy.frontends.templates.options import TemplateOptions

LEAST_SIDE = 4
"""Pixels an image needs in each direction: every template halves it twice."""


def check_image(template: str, options: TemplateOptions) -> None:
    """Refuse an input that is no image.

    Raises
    ------
    InputError
        If it is not (channels, height, width), or too small (ND2611).
    """
    shape = options.input_shape
    found = "x".join(map(str, shape))
    if len(shape) != 3:
        raise InputError(
            "ND2611",
            f"{template}: the input is {found}, expected channels x height x width, e.g. 1x28x28; "
            "for other inputs take mlp or recurrent",
        )
    if min(shape[1:]) < LEAST_SIDE:
        raise InputError(
            "ND2611",
            f"{template}: the input is {found}, an image needs at least "
            f"{LEAST_SIDE} x {LEAST_SIDE} pixels; for smaller ones take mlp",
        )


def hidden_sizes(
    template: str, options: TemplateOptions, own: tuple[int, ...], meaning: str, *, exact: bool
) -> tuple[int, ...]:
    """Return the sizes asked for, else the template's own.

    Parameters
    ----------
    meaning : what the sizes are, for messages.
    exact : whether there must be as many as the template's own; else at least one.

    Raises
    ------
    InputError
        If their number does not fit (ND2611).
    """
    sizes = own if options.hidden is None else options.hidden
    if not sizes or (exact and len(sizes) != len(own)):
        wanted = str(len(own)) if exact else "at least one"
        raise InputError(
            "ND2611",
            f"{template}: {len(sizes)} hidden sizes given, expected {wanted}: {meaning}, e.g. "
            f"{','.join(map(str, own))}",
        )
    return sizes
