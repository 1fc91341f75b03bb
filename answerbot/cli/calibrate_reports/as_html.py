"""A calibration report as one HTML file that needs nothing else, in the dress of a grade report.

The page forbids itself everything but its one style sheet (Content-Security-Policy), and the
template escapes every value that is put into it.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from answerbot.cli.calibrate_reports import plots
from answerbot.cli.calibrate_reports.tables import figure, headline, tables, unsure
from answerbot.cli.calibrate_reports.worst import score_of
from answerbot.cli.reports.characters import one_line
from answerbot.cli.reports.marks import shown
from answerbot.cli.showing import counted, shortened
from answerbot.domain.calibration_measures import NAMES
from answerbot.domain.calibration_report import CalibrationReport


def as_html(report: CalibrationReport) -> str:
    """The page of `-o FILE.html`."""
    style = _part("answerbot.cli.reports", "report.css") + _part(__package__, "calibration.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        report=report,
        headline=headline(report),
        tables=list(tables(report)),
        unsure=unsure(report),
        names=NAMES,
        plots=plots,
        style=Markup(style),  # files of this package
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    )


def _part(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "line": lambda text: shown(" ".join(text.split())),
        "text": shown,
        "short": lambda text, width=110: shown(shortened(text, width)),
        "plain": one_line,
        "figure": figure,
        "counted": counted,
        "of_scale": lambda fraction, one: score_of(one, fraction),
    }
    return environment.from_string(_part(__package__, "calibration.html.j2"))
