import os, time
from collections import Counter
from tests.support.city import City, INSIDE, FAR_INSIDE
from urbangrid.cases.proof import walk, world


def test_try(city: City) -> None:
    made = world.read(city.platform, [INSIDE, FAR_INSIDE], ["道路破损", "井盖", "暴露垃圾", "占道经营"])
    made.people.pop("security_admin"); 
    if not os.environ.get('SHRINK'): walk.shortened = lambda world, seed, moves, why: walk.Broken(seed, why, tuple(moves))
    began = time.monotonic()
    counts, broken = walk.prove(made, int(os.environ.get("SEED", "1")), int(os.environ.get("STEPS", "300")))
    took = time.monotonic() - began
    print(counts.moves, "moves", counts.done, "done", round(counts.moves / took), "/s")
    print(dict(counts.acts.most_common()))
    print({k: v for k, v in counts.refused.most_common(200) if k.startswith("right")})
    assert broken is None, broken.text()
