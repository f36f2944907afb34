"""SEENN-II: a network that looks at the input and says how many steps to run.

Source: Yuhang Li, Tamar Geller, Youngeun Kim, Priyadarshini Panda, "SEENN: Towards Temporal Spiking
Early-Exit Neural Networks", NeurIPS 2023, section on SEENN-II.
"""

from neurodeploy.methods.early_exit.choose import (
    PolicyChoice,
    PolicyOptions,
    Trial,
    choose_policy,
    seen_by,
    trial_of,
)

__all__ = ["PolicyChoice", "PolicyOptions", "Trial", "choose_policy", "seen_by", "trial_of"]
