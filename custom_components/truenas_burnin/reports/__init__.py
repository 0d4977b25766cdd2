"""What is handed out about burn-ins: papers, tables and summaries.

Imports the models of `truenas`, `burnin` and `ledger`, never homeassistant.
"""
