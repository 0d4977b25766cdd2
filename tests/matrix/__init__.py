"""Everything real but Home Assistant, in situations that go wrong.

A mocked NAS that runs the real agent on files, the real client, the real runner and
the real ledger. tests/burnin has the same engine on a NAS in memory.
"""
