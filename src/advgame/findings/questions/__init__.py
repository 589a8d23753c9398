"""Questions of the field, one per file: functions from measured tables to a `Finding`."""
