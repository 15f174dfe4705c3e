"""`python -m worker` is `muniment`."""

from worker.cli import main

main()
