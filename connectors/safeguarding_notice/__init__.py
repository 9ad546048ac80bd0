"""Our published police format, the Safeguarding Notice, in three forms that say the same: JSON, XML and CSV."""

from connectors.safeguarding_notice.connector import SafeguardingNotice
from connectors.safeguarding_notice.csv_connector import SafeguardingNoticeCsv
from connectors.safeguarding_notice.published import json_schema
from connectors.safeguarding_notice.xml_connector import SafeguardingNoticeXml
from connectors.safeguarding_notice.xsd import xml_schema

__all__ = ["SafeguardingNotice", "SafeguardingNoticeCsv", "SafeguardingNoticeXml", "json_schema", "xml_schema"]
