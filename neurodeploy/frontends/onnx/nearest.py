"""For operators that are not read, the nearest thing that is, and that becomes spikes."""

from collections.abc import Mapping
from types import MappingProxyType

_RECTIFY = "put a Relu in its place and finetune"
_NORMALISE = "put a BatchNormalization in its place and train anew"
_TIME = "train it as a recurrent spiking network (neurodeploy train)"
_ENLARGE = "keep the small image and end in Conv or Gemm, which are read"

NEAREST: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            [
                "Celu",
                "Elu",
                "Erf",
                "Gelu",
                "HardSigmoid",
                "HardSwish",
                "LeakyRelu",
                "Mish",
                "PRelu",
                "Selu",
                "Sigmoid",
                "Softplus",
                "Softsign",
                "Swish",
                "Tanh",
                "ThresholdedRelu",
            ],
            _RECTIFY,
        ),
        **dict.fromkeys(
            ["GroupNormalization", "InstanceNormalization", "LRN", "LayerNormalization"], _NORMALISE
        ),
        **dict.fromkeys(["GRU", "LSTM", "RNN"], _TIME),
        **dict.fromkeys(["ConvTranspose", "DepthToSpace", "Resize", "Upsample"], _ENLARGE),
        "Attention": "mix places with Conv or Gemm and Relu, and train anew",
        "LpPool": "put an AveragePool in its place and finetune",
    }
)
"""What to do instead, by operator. Erf is what exporters make of a GELU."""

INNER_SOFTMAX = "inside, mix with Conv or Gemm and Relu in its place, and train anew"


def advice(operator: str) -> str:
    """Return what to do instead, to be put behind a refusal; empty where nothing comes near."""
    return f"; {NEAREST[operator]}" if operator in NEAREST else ""
