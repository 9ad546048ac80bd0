"""Referral forms that a partnership declares as data: one generic family of connectors, two for each form."""

from collections.abc import Iterable, Mapping

from connectors.forms.csv_connector import FormCsv
from connectors.forms.json_connector import FormJson
from connectors.forms.published import csv_template, json_schema
from hub.domain.form import Form
from hub.domain.referral import Connector

__all__ = ["FormCsv", "FormJson", "connectors_for", "csv_template", "json_schema"]


def connectors_for(forms: Iterable[Form]) -> Mapping[str, Connector]:
    """Return name -> connector, `form_NAME_json` and `form_NAME_csv` of each form."""
    made: list[Connector] = [one for form in forms for one in (FormJson(form), FormCsv(form))]
    return {connector.name: connector for connector in made}
