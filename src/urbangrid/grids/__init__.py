"""Places: divisions, unit grids, responsibility grids, roads and area grades, with their codes and their history."""
