"""Words, names and numbers as people read them; shared by reports, findings, dashboard and command line."""
