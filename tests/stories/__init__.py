"""A package, so that the city of ``conftest.played`` ends with the last story of this folder and not with the run."""
