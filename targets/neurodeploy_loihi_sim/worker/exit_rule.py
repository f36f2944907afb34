"""When a sample may stop: the rule of an exit policy, in integers that are the same everywhere.

A rule is a dictionary: ``criterion`` (confidence, entropy, margin or policy), ``score`` (sum or
mean), ``readout`` (count, sum, mean, last or max), ``first_step``, ``n_informative``, ``n_steps``,
``min_steps``, ``period``, ``level``, and the arrays ``factors``, ``exp_high`` and ``exp_low``; the
stand-alone script makes it for a stimulus with `rule_for`.
Informative step n, from 1, ends with step ``first_step + n - 1``. Of the scores so far a check
makes one integer; the sample stops where it exceeds the level, or at its limit.
"""

from fractions import Fraction

import numpy as np

UNIT_BITS, EXPONENT_BITS, LOW_BITS, LOG_BITS, FACTOR_BITS, MARGIN_BITS = 30, 16, 10, 24, 40, 16
MOST = 32
UNIT = 1 << UNIT_BITS
LOG2_E = 24204406


def rule_for(policy, n_given, drain_steps):
    """Return the rule for a stimulus of `n_given` steps.

    Parameters
    ----------
    policy : what does not depend on the stimulus; of a softmax the ``scale``, numerator and
        denominator of the exponent that 1 of the score is.
    """
    n_informative = n_given - policy["n_unread"]
    most = n_informative if policy["max_steps"] is None else policy["max_steps"]
    return {
        **policy,
        "n_informative": n_informative,
        "n_steps": n_given + drain_steps,
        "max_steps": min(most, n_informative),
        "factors": factors(policy, n_informative),
    }


def factors(policy, n_informative):
    """Return exponent units of 2**-40 for 1 of the score, by informative step."""
    if policy["scale"] is None:
        return np.zeros(0, np.int64)
    one = Fraction(*policy["scale"]) * (1 << (EXPONENT_BITS + FACTOR_BITS))
    divisors = [n if policy["score"] == "mean" else 1 for n in range(1, n_informative + 1)]
    highest = MOST << (EXPONENT_BITS + FACTOR_BITS)
    return np.array([min(round(one / n), highest) for n in divisors], np.int64)


def may_stop_after(rule, limit):
    """Return the steps after which a sample may end, rising; the last one ends it."""
    checked = rule["criterion"] != "policy"
    checks = range(rule["min_steps"], limit, rule["period"]) if checked else ()
    return [*(rule["first_step"] + n for n in checks), steps_at(rule, limit)]


def steps_at(rule, n):
    """Return the steps until informative step `n` is over; the last one drains."""
    return rule["n_steps"] if n >= rule["n_informative"] else rule["first_step"] + n


def stops(rule, raster, limit):
    """Say whether a sample ends after the last step of `raster` (step, neuron)."""
    n = len(raster) - rule["first_step"]
    if n >= limit:
        return len(raster) >= steps_at(rule, limit)
    if rule["criterion"] == "policy" or n < rule["min_steps"]:
        return False
    if (n - rule["min_steps"]) % rule["period"]:
        return False
    return bool(value(rule, scores(rule, raster), n) > rule["level"])


def scores(rule, raster):
    """Return the scores after the last step of `raster` (step, neuron), int64."""
    window = raster[rule["first_step"] :][: rule["n_informative"]].astype(np.int64)
    if rule["readout"] == "count":
        return np.count_nonzero(window, axis=0).astype(np.int64)
    if rule["readout"] == "max":
        return window.max(axis=0)
    return window[-1] if rule["readout"] == "last" else window.sum(axis=0)


def value(rule, found, n):
    """Return what a check after informative step `n` computes of the scores `found`."""
    if rule["criterion"] == "margin":
        second, first = np.sort(found)[-2:]
        margin = (first - second) << MARGIN_BITS
        return margin // n if rule["score"] == "mean" else margin
    factor = int(rule["factors"][n - 1])
    most = -(-(MOST << (EXPONENT_BITS + FACTOR_BITS)) // factor)
    below = np.minimum(found.max() - found, most)
    exponents = (below * factor + (1 << (FACTOR_BITS - 1))) >> FACTOR_BITS
    terms = exp_minus(rule, exponents)
    if rule["criterion"] == "confidence":
        return (1 << (2 * UNIT_BITS)) // int(terms.sum())
    return certainty(terms, exponents)


def exp_minus(rule, exponents):
    """Return ``exp(-x)`` in units of 2**-30; x in units of 2**-16."""
    inside = np.minimum(exponents, (MOST << EXPONENT_BITS) - 1)
    product = rule["exp_high"][inside >> LOW_BITS] * rule["exp_low"][inside & ((1 << LOW_BITS) - 1)]
    return np.where(exponents >= MOST << EXPONENT_BITS, 0, (product + (UNIT >> 1)) >> UNIT_BITS)


def certainty(terms, exponents):
    """Return ``1 - H / log(K)`` of a softmax in units of 2**-30."""
    total = int(terms.sum())
    inside = np.minimum(exponents, MOST << EXPONENT_BITS)
    mean = int((terms * inside).sum()) // (total >> (LOG_BITS - EXPONENT_BITS))
    entropy = log2(total) + ((mean * LOG2_E) >> LOG_BITS)
    return UNIT - (entropy << UNIT_BITS) // log2(len(exponents) * UNIT)


def log2(number):
    """Return the binary logarithm in units of 2**-24 of a number in units of 2**-30."""
    power = number.bit_length() - UNIT_BITS - 1
    rest, found = number >> power, power << LOG_BITS
    for bit in range(LOG_BITS - 1, -1, -1):
        rest = (rest * rest) >> UNIT_BITS
        if rest >= 2 * UNIT:
            rest, found = rest >> 1, found + (1 << bit)
    return found
