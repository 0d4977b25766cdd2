"""A server for drives with one fault each, which QEMU attaches."""
