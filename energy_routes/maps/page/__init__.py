"""The interactive page, made of data: ground, lines and numbers from a plan, laid into one file by a template.

All geography is done here, in Python: the page itself holds no projection, no tiles and no fonts.
"""
