"""GET /metrics: what the processes counted, and what the health checks see, as Prometheus text."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from urbangrid.config import probe
from urbangrid.core import beats, metrics
from urbangrid.core.health import Level

PATH = "/metrics"
LEVELS = {Level.GOOD: 0, Level.WATCH: 1, Level.BAD: 2}


def scrape(request: HttpRequest) -> HttpResponse:
    """The text; whether the asker may read it was decided before."""
    own = CollectorRegistry()
    own.register(_Health())
    text = generate_latest(metrics.registry()) + generate_latest(own)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})


class _Health:
    """Gauges read at the moment of the scrape."""

    def collect(self) -> Iterator[Metric]:
        levels = GaugeMetricFamily("urbangrid_health_level", "Health checks: 0 good, 1 watch, 2 bad", labels=["check"])
        values = GaugeMetricFamily("urbangrid_health_value", "What a check measured, in the unit of its name", labels=["check", "part"])
        for check, finding in probe.seen().lines:
            levels.add_metric([check.name], LEVELS[finding.level])
            if finding.gauge is not None:
                values.add_metric([check.name, ""], finding.gauge)
            for part, value in finding.parts.items():
                values.add_metric([check.name, part], value)
        yield levels
        yield values
        live = beats.last("live")
        if live is not None and beats.age_seconds("live") is not None:
            yield GaugeMetricFamily("urbangrid_live_streams", "Browsers that hold a live stream", float(live.get("streams", 0)))
