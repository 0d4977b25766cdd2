"""JSON-RPC 2.0 over a websocket, as 25.04 and later speak it (docs/truenas-api.md §8)."""
