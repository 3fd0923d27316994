"""What a fault test does inside of the installation it shakes: make the small city there, and play a subscriber that always fails.

Run as the installation's own user with the environment of its processes: ``python -m tests.faults.inside city|refuse``.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import timedelta

TOKEN_DAYS = 30
"""The machine's clock jumps by a day in these tests; what a jump does to a person's session is asked elsewhere."""


def city() -> None:
    """The city of the stories, a token for everybody in it; printed as one line of JSON."""
    import django

    django.setup()
    from django.db import transaction

    from tests.support.city import INSIDE, make_city
    from urbangrid.accounts import actions as accounts

    with transaction.atomic():
        made = make_city()
        life = timedelta(days=TOKEN_DAYS)
        tokens = {name: accounts.issue_token(who.user_id, who.appointment_id, "faults", life) for name, who in made.cast.items()}
    told = {
        "tokens": tokens,
        "users": {name: who.user_id for name, who in made.cast.items()},
        "category": str(made.category().id),
        "condition": str(made.condition()),
        "unit": str(made.cast["clerk"].unit_id),
        "place": list(INSIDE),
    }
    print(json.dumps(told))


def refuse() -> None:
    """A relay beside the platform's own with one more subscriber, which always fails; ends when its input is closed."""
    import django

    django.setup()
    from urbangrid.config.subscribers import SUBSCRIBERS
    from urbangrid.core.models import OutboxEntry
    from urbangrid.core.outbox import Relay, Subscriber

    def fail(entry: OutboxEntry) -> None:
        raise RuntimeError("the messenger is broken")

    stop = threading.Event()
    relay = Relay([Subscriber("messenger", frozenset({"case", "report"}), fail), *SUBSCRIBERS])
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    print("ready", flush=True)
    sys.stdin.read()
    stop.set()
    thread.join()


if __name__ == "__main__":
    {"city": city, "refuse": refuse}[sys.argv[1]]()
