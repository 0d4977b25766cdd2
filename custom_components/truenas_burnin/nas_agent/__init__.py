"""Runs on the NAS as root: claims drives, works jobs and answers requests.

Python 3.9, standard library only; imports nothing of the integration. The integration
packs this folder as one file and uploads it. What goes over the wire is in
docs/protocol.md; what is put on a NAS, in docs/on-the-nas.md.
"""
