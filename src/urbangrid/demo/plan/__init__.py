"""The plan of the made city, from a scale and a seed to frozen values in metres. Plain Python over shapely and numpy; no database.

``making.make`` is the door; ``values`` says what comes out. Docs: docs/topics/demonstration-city.md.
"""
