"""A real Home Assistant, a mock NAS, and what a person does with them."""
