"""The processes: ``serve``, ``worker``, the worker beside ``serve``, ``doctor`` and the demo, from start to shutdown.

Nothing is decided here that a request needs. It may import composition and everything below it.
"""
