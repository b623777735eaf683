"""Data packs: read, check, convert and write the tables that :mod:`energy_routes.schema` describes."""

from energy_routes.tables.pack import Pack, keys_of
from energy_routes.tables.read import read_pack
from energy_routes.tables.write import write_pack

__all__ = ["Pack", "keys_of", "read_pack", "write_pack"]
