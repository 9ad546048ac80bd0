"""Who is calling: passwords, session secrets, agency assertions. Never case data."""
