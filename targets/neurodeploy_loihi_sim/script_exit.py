"""What an exit policy adds to the stand-alone script: its rule, and running from check to check."""

from collections.abc import Mapping
from fractions import Fraction

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.program.softmax import exp_tables
from neurodeploy.terms import ExitCriterion
from neurodeploy_loihi_sim.script_body import Arrays

Texts = Mapping[str, str]

_WHOLE = """\
    for key in HEADS:
        net[key].run(condition=RunSteps(num_steps=n_steps), run_cfg=configuration)
"""
_WHOLE_SAMPLES = """\
    sent = [
        run_sample({name: x[i] for name, x in stimulus.items()}, layers, given.hardware)
        for i in range(n_samples)
    ]
"""
_TEXT = """\
A sample stops where the exit policy says, after `steps_used` (sample,) steps; what it sent later is
0. The rule is in exit_rule.py.
"""
_DECIDED_TEXT = """\
A sample stops after the informative steps that `exit_steps` (sample,) of `input.npz` gives it, in
all `steps_used` steps; the network that decides on them is not part of this script.
"""
_FUNCTION = '''\
def run_to_exit(net, sink, rule, limit, configuration):
    """Run one sample from check to check until it stops; return the steps that it took."""
    judged, *others = HEADS
    done = 0
    for stop in may_stop_after(rule, limit):
        net[judged].run(condition=RunSteps(num_steps=stop - done), run_cfg=configuration)
        done = stop
        if stops(rule, from_lava(sink.data.get())[:done], limit):
            break
    for key in others:
        net[key].run(condition=RunSteps(num_steps=done), run_cfg=configuration)
    return done


'''
_RUN = """\
    rule = rule_for(EXIT, given, DRAIN_STEPS)
    limit = {limit}
    used = run_to_exit(net, sinks[OUTPUTS[0]], rule, limit, configuration)
"""
_SAMPLES = """\
    done = [
        run_sample(
            {{name: x[i] for name, x in stimulus.items()}}, layers, given.hardware{steps}
        )
        for i in range(n_samples)
    ]
    sent, used = [sample[0] for sample in done], [sample[1] for sample in done]
"""
_READ_STEPS = """\
    with np.load(given.input, allow_pickle=False) as archive:
        if "exit_steps" not in archive:
            raise SystemExit(f"{given.input}: exit_steps (sample,) is missing")
        exit_steps = archive["exit_steps"].tolist()
"""
_NOTHING = dict.fromkeys(
    (
        *("exit_text", "exit_import", "exit_constants", "exit_function", "exit_argument"),
        *("exit_returns", "exit_return", "exit_saved"),
    ),
    "",
)


def exit_texts(deployment: Deployment, arrays: Arrays) -> Texts:
    """Return the pieces of the template that depend on the exit policy; add its tables."""
    policy = deployment.exit_policy
    if policy is None:
        return {**_NOTHING, "run": _WHOLE, "run_samples": _WHOLE_SAMPLES}
    decided = policy.rule is ExitCriterion.POLICY
    arrays["exit.exp_high"], arrays["exit.exp_low"] = exp_tables()
    limit = 'min(max(exit_steps, 1), rule["max_steps"])' if decided else 'rule["max_steps"]'
    samples = _SAMPLES.format(steps=", exit_steps[i]" if decided else "")
    return {
        "exit_text": _DECIDED_TEXT if decided else _TEXT,
        "exit_import": "\nfrom exit_rule import may_stop_after, rule_for, stops",
        "exit_constants": _constants(policy, deployment),
        "exit_function": _FUNCTION,
        "exit_argument": ", exit_steps" if decided else "",
        "exit_returns": ", and its steps",
        "exit_return": ", used",
        "exit_saved": ", steps_used=np.array(used)",
        "run": _RUN.format(limit=limit),
        "run_samples": (_READ_STEPS if decided else "") + samples,
    }


def _constants(policy: ExitPolicy, deployment: Deployment) -> str:
    program = deployment.program
    output = program.outputs[0]
    rule = policy.rule_for(program, output.first_step + 1)
    scale = Fraction(program.output_scale.get(output.population, 1.0)) / Fraction(
        policy.temperature
    )
    softmax = policy.rule in (ExitCriterion.CONFIDENCE, ExitCriterion.ENTROPY)
    values = {
        "criterion": rule.criterion.value,
        "score": rule.score.value,
        "readout": rule.readout.value,
        "first_step": rule.first_step,
        "n_unread": rule.n_unread,
        "min_steps": policy.min_steps,
        "max_steps": policy.max_steps,
        "period": policy.period_steps,
        "level": rule.level,
        "scale": (scale.numerator, scale.denominator) if softmax else None,
    }
    lines = "".join(f"    {name!r}: {value!r},\n" for name, value in values.items())
    tables = "".join(f'    "{n}": ARRAYS["exit.{n}"],\n' for n in ("exp_high", "exp_low"))
    return f"# When a sample may stop; see exit_rule.py.\nEXIT = {{\n{lines}{tables}}}\n"
