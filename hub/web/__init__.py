"""HTML for people: pages that work without JavaScript, one blueprint per audience."""
