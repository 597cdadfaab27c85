"""``python -m donna_cli`` is ``donna``."""

from donna_cli.app import main

main()
