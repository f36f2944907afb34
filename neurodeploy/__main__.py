"""``python -m neurodeploy``."""

from neurodeploy.cli.app import main

main()
