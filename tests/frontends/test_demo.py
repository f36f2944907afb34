from neurodeploy.frontends.demo import CODING_SEED, DEMO_DIGEST, DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.model.nir_file import Conventions, read_nir


def test_the_shipped_network_is_the_one_of_the_digest_and_knows_the_digits() -> None:
    model, assumed = read_nir(DEMO_NETWORK, Conventions())
    assert assumed == ()
    assert model.digest == DEMO_DIGEST
    test = load_digits().test
    simulation = model.simulate(rate(test.x, N_STEPS, CODING_SEED).astype(float))
    assert (simulation.predictions() == test.y).mean() >= 0.95
    assert simulation.spikes["hidden"].mean() / (96 * N_STEPS) < 0.05
