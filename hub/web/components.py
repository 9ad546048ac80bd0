"""GOV.UK Frontend's macros for our templates.

The macros ask for parameters that were not given, so they need Jinja's lenient undefined; our own templates must fail
on a misspelt name. So the macros live in an environment of their own and ours is strict.
"""

from typing import Final

from flask import Flask
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

_PACKAGE: Final = "govuk_frontend_jinja"
_FOLDERS: Final = {
    "govukButton": "button",
    "govukCheckboxes": "checkboxes",
    "govukDateInput": "date-input",
    "govukDetails": "details",
    "govukErrorSummary": "error-summary",
    "govukFileUpload": "file-upload",
    "govukInput": "input",
    "govukNotificationBanner": "notification-banner",
    "govukRadios": "radios",
    "govukSelect": "select",
    "govukSkipLink": "skip-link",
    "govukSummaryList": "summary-list",
    "govukTag": "tag",
    "govukTextarea": "textarea",
}


def install(app: Flask) -> None:
    """Give the application's templates the macros by name, and make every undefined name an error."""
    macros = Environment(loader=PrefixLoader({_PACKAGE: PackageLoader(_PACKAGE)}), autoescape=True)
    for name, folder in _FOLDERS.items():
        template = macros.get_template(f"{_PACKAGE}/components/{folder}/macro.html")
        app.jinja_env.globals[name] = getattr(template.module, name)
    app.jinja_env.undefined = StrictUndefined
