"""JSON, CSV and FHIR for agencies: OAuth2 client credentials, receipts, the chronology; problems as RFC 9457."""
