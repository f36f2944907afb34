"""Random programs of every connection: dense, sparse, convolutions, delays, loops, joins."""

from neurodeploy.program import Input, Program, Projection
from neurodeploy.target.conformance.case import Rng, program_of
from neurodeploy.target.conformance.parts import (
    any_operator,
    conv,
    delays,
    dense,
    direct,
    image_shape,
    layer,
    layer_size,
    lif,
    sparse,
)


def dense_chain(rng: Rng) -> Program:
    """Return two dense layers."""
    n, a, b = layer_size(rng), layer_size(rng), layer_size(rng)
    exps = rng.integers(0, 4, 2)
    return program_of(
        [Input(name="x", shape=(n,))],
        [
            layer(rng, "a", ("x",), dense(rng, n, a), weight_exp=int(exps[0])),
            layer(rng, "b", ("a",), dense(rng, a, b), weight_exp=int(exps[1])),
        ],
    )


def sparse_chain(rng: Rng) -> Program:
    """Return two sparse layers."""
    n, a, b = layer_size(rng), layer_size(rng), layer_size(rng)
    return program_of(
        [Input(name="x", shape=(n,))],
        [
            layer(rng, "a", ("x",), sparse(rng, n, a), weight_exp=int(rng.integers(0, 4))),
            layer(rng, "b", ("a",), sparse(rng, a, b), delay_steps=int(rng.integers(1, 4))),
        ],
    )


def conv_geometry(rng: Rng) -> Program:
    """Return a convolution of any geometry, read by a dense layer in C order."""
    shape = image_shape(rng, int(rng.integers(1, 4)))
    first = conv(rng, shape)
    second = dense(rng, first.n_out, layer_size(rng))
    return program_of(
        [Input(name="x", shape=shape)],
        [
            layer(rng, "a", ("x",), first, weight_exp=int(rng.integers(0, 3))),
            layer(rng, "b", ("a",), second, delay_steps=int(rng.integers(1, 3))),
        ],
    )


def groups(rng: Rng) -> Program:
    """Return convolutions in groups, down to one channel each."""
    n_groups = int(rng.integers(2, 4))
    shape = image_shape(rng, n_groups * int(rng.integers(1, 3)))
    first = conv(rng, shape, n_groups)
    middle = first.geometry.output_shape
    second = conv(rng, middle, middle[0]) if min(middle[1:]) >= 5 else sparse(rng, first.n_out, 9)
    return program_of(
        [Input(name="x", shape=shape)],
        [layer(rng, "a", ("x",), first), layer(rng, "b", ("a",), second)],
    )


def long_delays(rng: Rng) -> Program:
    """Return a delay for each synapse, up to 64 steps."""
    n, a, b = layer_size(rng), layer_size(rng), layer_size(rng)
    first, second = dense(rng, n, a), sparse(rng, a, b)
    longest = int(rng.choice([3, 20, 64]))
    return program_of(
        [Input(name="x", shape=(n,))],
        [
            layer(rng, "a", ("x",), first, delay_steps=delays(rng, first, longest)),
            layer(rng, "b", ("a",), second, delay_steps=delays(rng, second, 5)),
        ],
    )


def loops(rng: Rng) -> Program:
    """Return a self loop on a, a loop a -> b -> a, and sometimes a Direct edge within it."""
    n, a = layer_size(rng), layer_size(rng)
    own, back = dense(rng, a, a), sparse(rng, a, a)
    first, recurrent = layer(rng, "a", ("x",), dense(rng, n, a))
    recurrent.append(
        Projection(
            name="own",
            sources=("a",),
            target="a",
            operator=own,
            delay_steps=delays(rng, own, 4) if rng.random() < 0.5 else int(rng.integers(1, 4)),
        )
    )
    recurrent.append(
        Projection(
            name="back",
            sources=("a", "b") if rng.random() < 0.5 else ("b",),
            target="a",
            operator=back,
            delay_steps=int(rng.integers(1, 4)),
            graded=bool(rng.random() < 0.5),
        )
    )
    second, forward = layer(rng, "b", ("a",), dense(rng, a, a), delay_steps=2)
    if rng.random() < 0.4:
        forward.append(direct("shortcut", ("a",), "b"))
    third = layer(rng, "c", ("b",), dense(rng, a, 4))
    return program_of([Input(name="x", shape=(n,))], [(first, recurrent), (second, forward), third])


def direct_relays(rng: Rng) -> Program:
    """Return neurons that take values without weights, in the same step."""
    n = layer_size(rng)
    relay = lif(rng, "a", (n,), 100.0, spiking=bool(rng.random() < 0.5))
    echo = lif(rng, "b", (n,), 60.0, vth=1)
    end, projections = layer(rng, "c", ("b", "a"), dense(rng, n, layer_size(rng)))
    return program_of(
        [Input(name="x", shape=(n,), low=-40, high=200), Input(name="y", shape=(n,))],
        [
            (end, projections),
            (echo, [direct("a_b", ("a", "y"), "b")]),
            (relay, [direct("x_a", ("x",), "a"), direct("y_a", ("y",), "a")]),
        ],
    )


def summed_sources(rng: Rng) -> Program:
    """Return projections whose sources are summed first, where +1 and -1 cancel."""
    n = layer_size(rng)
    both = ("x", "y")
    first = layer(rng, "a", both, dense(rng, n, n), graded=bool(rng.random() < 0.5), vth_low=-20)
    second, to_b = layer(rng, "b", ("x", "a"), sparse(rng, n, n), graded=bool(rng.random() < 0.5))
    operator = dense(rng, n, second.size)
    to_b.append(
        Projection(
            name="also_b",
            sources=("y", "a", "x"),
            target="b",
            operator=operator,
            delay_steps=delays(rng, operator, 3),
            graded=bool(rng.random() < 0.5),
        )
    )
    return program_of(
        [Input(name="x", shape=(n,), low=-1), Input(name="y", shape=(n,), low=-1)],
        [first, (second, to_b)],
    )


def negative_exponents(rng: Rng) -> Program:
    """Return sums that are shifted right, rounding down once an arrival slot."""
    n, a = layer_size(rng), layer_size(rng)
    first, second = dense(rng, n, a), any_operator(rng, a, a)
    exps = -rng.integers(1, 9, 2)
    each = delays(rng, second, 6)
    return program_of(
        [Input(name="x", shape=(n,), low=-5, high=40)],
        [
            layer(rng, "a", ("x",), first, weight_exp=int(exps[0]), graded=True, vth_low=-1),
            layer(rng, "b", ("a",), second, weight_exp=int(exps[1]), delay_steps=each),
        ],
    )


def graded(rng: Rng) -> Program:
    """Return payloads of either sign, taken as a factor or as a mere spike."""
    n, a, b = layer_size(rng), layer_size(rng), layer_size(rng)
    high = int(rng.choice([3, 127, 3000]))
    return program_of(
        [Input(name="x", shape=(n,), low=-high // 3, high=high)],
        [
            layer(rng, "a", ("x",), any_operator(rng, n, a), graded=True, vth_low=-10),
            layer(rng, "b", ("a",), any_operator(rng, a, b), graded=bool(rng.random() < 0.5)),
            layer(rng, "c", ("x",), any_operator(rng, n, b)),
        ],
    )
