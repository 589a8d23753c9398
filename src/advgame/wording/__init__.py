"""Text, names and numbers for readers; shared by reports, findings, dashboard and command line."""
