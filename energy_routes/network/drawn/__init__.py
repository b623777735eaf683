"""Routes drawn as lines in a GIS file: read, snapped to nodes, measured and costed."""
