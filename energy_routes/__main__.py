"""``python -m energy_routes``: the command line."""

from energy_routes.cli import main

if __name__ == "__main__":
    main()
