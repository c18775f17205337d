"""`python -m shop.cli`: how the supervisor starts its children."""

from shop.cli import main

main()
