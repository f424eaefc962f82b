"""A package, so that processes which tests start find their functions here.

A folder without this file comes after any package of its name, and model-index, which mim needs,
installs one.
"""
