"""Write a drive and read it back: what the data are, how they move, what went wrong.

docs/verdict.md says in whole sentences how a surface is validated. Nothing here knows of
jobs, wishes or claims: an engine gets a `Medium` and tells a `Watch`.
"""
