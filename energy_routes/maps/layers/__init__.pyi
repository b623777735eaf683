from .geodata import write_layers as write_layers
