"""The verbs for Python: files and arrays in, nouns out."""

from neurodeploy.api.auditing import attack as attack
from neurodeploy.api.auditing import leak as leak
from neurodeploy.api.deciding import decide as decide
from neurodeploy.api.deploying import calibrate_exit as calibrate_exit
from neurodeploy.api.deploying import check as check
from neurodeploy.api.deploying import compile as compile  # noqa: A004  # the verb of every compiler
from neurodeploy.api.deploying import load as load
from neurodeploy.api.deploying import load_deployment as load_deployment
from neurodeploy.api.deploying import profile as profile
from neurodeploy.api.deploying import read_report as read_report
from neurodeploy.api.deploying import run as run
from neurodeploy.api.deploying import save as save
from neurodeploy.api.deploying import verify as verify
from neurodeploy.api.piloting import pilot as pilot
from neurodeploy.api.training import compress as compress
from neurodeploy.api.training import convert as convert
from neurodeploy.api.training import harden as harden
from neurodeploy.api.training import protect as protect
from neurodeploy.api.training import train as train
