import os, time
from collections import Counter
from pathlib import Path
import pytest
from urbangrid.cases.proof import walk, world
from urbangrid.core import platforms
from urbangrid.catalog import cache
from urbangrid.core.models import Platform
from urbangrid.organizations import queries as organizations
from urbangrid.demo import town
from datetime import UTC, datetime
import cProfile, pstats


def test_try(db: None, settings, tmp_path) -> None:
    settings.FILES_ROOT, settings.DATA = tmp_path / "files", tmp_path
    for forget in (cache.clear, platforms.forget, organizations.forget):
        forget()
    began = time.monotonic()
    town.build(lambda text: None, datetime(2025, 1, 2, 1, tzinfo=UTC), "model_" + os.environ.get("MODEL", "a"))
    made = world.read(Platform.objects.order_by("pk").first())
    print("city", time.monotonic() - began)
    if not os.environ.get('SHRINK'): walk.shortened = lambda world, seed, moves, why: walk.Broken(seed, why, tuple(moves))
    began = time.monotonic()
    if os.environ.get("PROF"):
        pr = cProfile.Profile(); pr.enable()
    counts, broken = walk.prove(made, int(os.environ.get("SEED", "1")), int(os.environ.get("STEPS", "300")))
    if os.environ.get("PROF"):
        pr.disable(); pstats.Stats(pr).sort_stats("cumulative").print_stats(70)
    took = time.monotonic() - began
    print(counts.moves, "moves", counts.done, "done", round(counts.moves / took), "/s")
    print(dict(counts.acts.most_common()))
    print({k: v for k, v in counts.refused.most_common(200) if k.startswith("right")})
    if broken: print(broken.text())
    for forget in (cache.clear, platforms.forget, organizations.forget):
        forget()
    assert broken is None
