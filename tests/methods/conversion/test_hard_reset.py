"""`compile` warns of deep conversions with hard reset until they are finetuned."""

from dataclasses import replace

from support import anns

from neurodeploy import api
from neurodeploy.deployment.host import InputCoding
from neurodeploy.methods.conversion import ConversionOptions, convert
from neurodeploy.model import Model
from neurodeploy.terms import Reset


def converted(sizes: tuple[int, ...], reset: Reset) -> Model:
    model, data = anns.layers(0, sizes), anns.samples(1, 40)
    return convert(model, data, ConversionOptions(reset=reset)).model


def warnings(model: Model) -> list[str]:
    deployment = api.compile(model, chip="ideal", input_coding=InputCoding.INJECTED)
    return [line for line in deployment.history if line.startswith("warning: ")]


def test_three_layers_with_hard_reset_are_warned_of_with_the_remedies() -> None:
    assert warnings(converted((6, 20, 15, 10, 4), Reset.ZERO)) == [
        "warning: 3 layers converted with hard reset follow each other, each losing what lies "
        "above its threshold: expect wrong answers; finetune with hard reset (neurodeploy train, "
        "or convert --finetune 2), or convert with --reset subtract for a chip that has it"
    ]


def test_soft_reset_shallow_and_finetuned_networks_are_not() -> None:
    deep = converted((6, 20, 15, 10, 4), Reset.ZERO)
    finetuned = replace(deep, history=(*deep.history, "trained: bptt, 2 epochs"))
    for model in (
        converted((6, 20, 15, 10, 4), Reset.SUBTRACT),
        converted((6, 20, 15, 4), Reset.ZERO),
        finetuned,
    ):
        assert warnings(model) == []
