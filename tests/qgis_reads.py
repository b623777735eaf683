"""Opens the layers of a GeoPackage in QGIS as a reader does, and draws them: qgis_reads.py MAP.gpkg MAP.png.

Runs in the Python that QGIS brings, and prints as JSON what QGIS made of each layer.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

geopackage, picture = sys.argv[1:]
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()

layers, told = [], {}
for name in ("nodes", "flows", "countries"):
    layer = QgsVectorLayer(f"{geopackage}|layername={name}", name, "ogr")
    _, found = layer.loadDefaultStyle()
    renderer = layer.renderer()
    told[name] = {
        "valid": layer.isValid(), "styled": found, "renderer": renderer.type(), "labels": layer.labelsEnabled(),
        "legend": [item.label() for item in renderer.legendSymbolItems()],
        "faults": [rule.filter().parserErrorString() for rule in renderer.rootRule().children()
                   if rule.filter() is not None and rule.filter().hasParserError()],
    }  # fmt: skip
    layers.append(layer)

settings = QgsMapSettings()
settings.setLayers(layers)
settings.setBackgroundColor(QColor("#dbe7ee"))
settings.setOutputSize(QSize(1280, 720))
settings.setExtent(layers[1].extent())
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
image.save(picture)
seen = {}
for x in range(0, 1280):
    for y in range(0, 720):
        colour = image.pixelColor(x, y).name()
        seen[colour] = seen.get(colour, 0) + 1
told["colours"] = seen
told["errors"] = [error.message for error in job.errors()]
print(json.dumps(told))
sys.stdout.flush()
os._exit(0)  # QGIS' own end may crash without a screen
