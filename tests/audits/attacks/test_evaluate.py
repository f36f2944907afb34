"""A whole protocol on a tiny network."""

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
import torch
from support.attacked import linear_model, spiking_model

from neurodeploy.audits.attacks.evaluate import Evaluation, evaluate
from neurodeploy.audits.attacks.protocol_file import protocol_of
from neurodeploy.audits.attacks.report import AttackReport, report_text, schema_text
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, samples_of
from neurodeploy.learning.twin import Twin
from neurodeploy.model import Model

DIRECT = Encoding(coder="direct", n_steps=4)
MODEL = spiking_model(1)
MASKING = {"n_samples": 30, "few_steps": 3, "many_steps": 8, "queries": 40}
PROTOCOL = {
    "schema": 1,
    "name": "tiny",
    "eps": 0.06,
    "n_samples": 60,
    "attack": [
        {"method": "fgsm", "members": ["straight-through"]},
        {"method": "rfgsm", "objective": "kl", "members": ["triangular-1"]},
        {"method": "pgd", "steps": 3, "starts": 2, "members": ["triangular-1", "rate-path"]},
        {"method": "pgd", "steps": 3, "targets": 2, "members": ["activation-path"]},
        {"method": "apgd", "steps": 5, "objective": "dlr", "members": ["exponential-1-1"]},
        {
            "method": "apgd",
            "steps": 5,
            "objective": "dlr",
            "targets": 3,
            "members": ["triangular-1"],
        },
        {"method": "square", "queries": 30},
    ],
    "masking": MASKING,
}


def samples(encoding: Encoding = DIRECT, n_samples: int = 100) -> Samples:
    x = torch.rand((n_samples, 12), generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        y = Twin(MODEL).eval()(x[:, None].expand(-1, 4, -1)).logits.argmax(dim=1)
    return samples_of(x.numpy(), y.numpy(), "rand.npz")


def ran(**changes: object) -> Evaluation:
    protocol = protocol_of({**PROTOCOL, **changes}, "test")
    return evaluate(MODEL, samples(), DIRECT, protocol)


def test_the_headline_is_what_all_attacks_leave() -> None:
    found = ran().report
    assert (found.n_samples, found.clean.k) == (60, 60)
    assert 0 < found.robust.k < 60
    assert [row.left.k for row in found.attacks] == sorted(
        (row.left.k for row in found.attacks), reverse=True
    )
    assert found.attacks[-1].left == found.robust
    assert found.robust.low < found.robust.share < found.robust.high
    assert found.radius == pytest.approx(0.06)
    assert [row.name for row in found.attacks] == [
        "fgsm ce straight-through",
        "rfgsm kl triangular-1",
        "pgd-3 ce triangular-1",
        "pgd-3 ce rate-path",
        "pgd-3 ce 2 targets activation-path",
        "apgd-5 dlr exponential-1-1",
        "apgd-5 dlr 3 targets triangular-1",
        "square-30",
    ]


def test_alone_each_attack_has_a_figure_and_none_is_below_the_ensemble() -> None:
    found = ran(alone=True).report
    assert found.single_best is not None
    assert found.single_worst is not None
    own = [row.own.k for row in found.attacks if row.own is not None]
    assert len(own) == len(found.attacks)
    assert found.robust.k <= found.single_best.own.k == min(own)
    assert found.single_worst.own.k == max(own) > found.robust.k


def test_equal_inputs_give_equal_bytes() -> None:
    first, again = ran(), ran()
    assert report_text(first.report) == report_text(again.report)
    assert torch.equal(first.worst.x, again.worst.x)
    assert report_text(ran(seed=1).report) != report_text(first.report)


def test_the_report_has_the_published_form() -> None:
    jsonschema.validate(json.loads(report_text(ran().report)), json.loads(schema_text()))


def test_what_is_wrong_from_the_start_is_never_right() -> None:
    given = samples()
    wrong = samples_of(given.x, (given.y + 1) % 4, "wrong")  # type: ignore[operator]  # labelled
    found = evaluate(MODEL, wrong, DIRECT, protocol_of(PROTOCOL, "test")).report
    assert found.clean.k == found.robust.k == 0
    assert all(row.tried == 0 for row in found.attacks)


def test_an_unmasked_network_shows_no_signs() -> None:
    found = ran().report.masking
    assert found is not None
    assert found.findings == ()
    assert found.large_eps.share == 0.0


def test_dead_gradients_are_reported_and_called_masking() -> None:
    """Weights of 1e9 drive every neuron far from its threshold: no surrogate reaches there."""
    model = spiking_model(1)
    first = model.projections[0]
    huge = type(first.chain[0])(weight=1e9 * first.chain[0].weight, bias=None)
    changed = type(first)(
        name=first.name, sources=first.sources, target=first.target, chain=(huge,)
    )
    dead = type(model)(
        inputs=model.inputs,
        populations=model.populations,
        projections=(changed, model.projections[1]),
        outputs=model.outputs,
        dt_s=model.dt_s,
    )
    given = samples()
    with torch.no_grad():
        x = torch.from_numpy(given.x)
        y = Twin(dead).eval()(x[:, None].expand(-1, 4, -1)).logits.argmax(dim=1)
    protocol = {**PROTOCOL, "attack": [{"method": "pgd", "steps": 3, "members": ["rectangular-1"]}]}
    protocol["masking"] = {**MASKING, "members": ["rectangular-1"]}
    found = evaluate(
        dead, samples_of(given.x, y.numpy(), "x"), DIRECT, protocol_of(protocol, "test")
    ).report
    assert found.attacks[0].dead == found.attacks[0].tried == 60
    assert found.masking is not None
    assert any(line.startswith("at eps 0.5 white-box accuracy") for line in found.masking.findings)


def scaled(model: Model, factor: float) -> Model:
    """Return the same network with voltages, thresholds and what arrives times `factor`."""
    first, last = model.projections
    chain = (replace(first.chain[0], weight=factor * first.chain[0].weight),)
    hidden, out = model.populations
    neuron = replace(hidden.neuron, v_threshold=factor * hidden.neuron.v_threshold)
    return replace(
        model,
        populations=(replace(hidden, neuron=neuron), out),
        projections=(replace(first, chain=chain), last),
    )


def test_widths_in_thresholds_see_a_rescaled_network_alike() -> None:
    """Times a power of two, so that floats stay what they were."""
    attacks = [{"method": "pgd", "steps": 3, "members": ["rectangular-0.25", "triangular-0.25"]}]
    plain, unit = (
        {**PROTOCOL, "attack": attacks, "masking": None, "widths": widths}
        for widths in ("model", "threshold")
    )
    large = scaled(MODEL, 256.0)
    given = samples()

    def found(model: Model, protocol: dict[str, object]) -> AttackReport:
        return evaluate(model, given, DIRECT, protocol_of(protocol, "test")).report

    assert found(large, unit).attacks == found(MODEL, plain).attacks
    narrow = found(large, plain)
    assert narrow.robust.k > found(large, unit).robust.k
    assert narrow.notes == (
        "thresholds lie between 256 and 256, and surrogates are as wide as is usual for thresholds "
        'of 1; write widths = "threshold" into the protocol',
    )
    assert found(large, unit).notes == ()


def test_transfer_needs_another_network() -> None:
    protocol = protocol_of(
        {**PROTOCOL, "attack": [{"method": "transfer", "steps": 4}], "masking": None}, "test"
    )
    with pytest.raises(InputError) as caught:
        evaluate(MODEL, samples(), DIRECT, protocol)
    assert str(caught.value) == (
        "ND2855: transfer: no other network was given; name one with --transfer-from"
    )
    others = {"other.nir": spiking_model(7)}
    found = evaluate(MODEL, samples(), DIRECT, protocol, others=others).report
    assert found.attacks[0].name == "transfer from other.nir: pgd-4 ce triangular-1"
    assert found.attacks[0].tried == 60


def test_what_the_network_cannot_give_is_refused_at_once() -> None:
    weight = np.array([[1.0, -2.0, 0.5, 0.0], [-1.0, 1.0, 0.25, 0.0]])
    attacks = [
        {"method": "fgsm", "targets": 2},
        {"method": "apgd", "steps": 3, "objective": "dlr", "targets": 1},
    ]
    protocol = protocol_of({**PROTOCOL, "attack": attacks}, "test")
    data = samples_of(np.full((3, 4), 0.5), np.array([0, 1, 0]), "x")
    with pytest.raises(InputError) as caught:
        evaluate(linear_model(weight), data, DIRECT, protocol)
    assert str(caught.value).splitlines() == [
        "ND2855: fgsm: targets is 2, and the network tells 2 classes apart: at most 1",
        "ND2855: apgd: targeted dlr needs 4 classes, the network tells 2 apart; take ce",
    ]


def test_spikes_drawn_at_random_are_attacked_through_their_expectation() -> None:
    rate = Encoding(coder="rate", n_steps=4)
    attack = {"method": "pgd", "steps": 4, "looks": 4, "members": ["triangular-1"]}
    protocol = {**PROTOCOL, "eps": 0.3, "attack": [attack], "masking": None}
    found = evaluate(MODEL, samples(), rate, protocol_of(protocol, "test")).report
    assert found.attacks[0].fooled > found.attacks[0].tried / 2
    assert found.attacks[0].dead == 0


def test_each_step_may_have_its_own_perturbation() -> None:
    attack = [{"method": "pgd", "steps": 4, "members": ["triangular-1"]}]
    shared = ran(attack=attack, masking=None)
    own = ran(attack=attack, masking=None, each_step=True)
    assert own.worst.x.shape == (60, 4, 12)
    assert (own.worst.x != own.worst.x[:, :1]).any()
    assert own.report.robust.k <= shared.report.robust.k


def test_values_outside_the_declared_range_are_refused() -> None:
    given = samples()
    with pytest.raises(InputError) as caught:
        evaluate(
            MODEL, samples_of(2 * given.x, given.y, "x.npz"), DIRECT, protocol_of(PROTOCOL, "test")
        )
    assert str(caught.value).startswith("ND2305: x.npz: values from ")
    assert str(caught.value).endswith(
        "the network is declared for 0 to 1: state the range with --input-range"
    )
