from .subject import (
    Subject as Subject,
    subject_of as subject_of,
)
from .writing import (
    report_html as report_html,
    write_report as write_report,
)
