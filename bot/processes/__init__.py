"""The processes ``serve``, ``worker``, ``doctor`` and ``demo``, from start to shutdown.

Nothing that handles requests lives here. It may import composition and everything below it.
"""
