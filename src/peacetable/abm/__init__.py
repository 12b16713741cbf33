"""The Mesa model of R tables and its five delegations."""
