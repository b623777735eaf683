from .adequacy import transit_risk as transit_risk
from .concentration import weighted_hhi as weighted_hhi
from .table import indicator_table as indicator_table
