"""Counters and timings for Prometheus: how many, how long and what was done; never content, users or documents."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from guard.verdict import Verdict

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """What one sidecar counts, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "echoguard_requests", "Answered requests", ["endpoint", "status"], registry=self.registry
        )
        self._verdicts = Counter("echoguard_verdicts", "Verdicts", ["endpoint", "action"], registry=self.registry)
        self._findings = Counter("echoguard_findings", "Findings by kind", ["kind"], registry=self.registry)
        self._throttled = Counter("echoguard_throttled", "Questions not admitted", ["endpoint"], registry=self.registry)
        self._failed = Counter(
            "echoguard_failures", "Checks that could not run, by kind of error", ["error"], registry=self.registry
        )
        self._upstream_failures = Counter(
            "echoguard_upstream_failures", "Upstream failures", ["upstream", "kind"], registry=self.registry
        )
        self._seconds = Histogram(
            "echoguard_request_seconds",
            "Time to the end of the answer, in seconds",
            ["endpoint"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._check_seconds = Histogram(
            "echoguard_check_seconds",
            "Time inside the guard per call, in seconds",
            ["endpoint"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.open_streams = Gauge("echoguard_open_streams", "Guarded answers in progress", registry=self.registry)

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        """Count one answered request; *endpoint* is the path of a route, never what the client sent."""
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def verdict(self, endpoint: str, verdict: Verdict) -> None:
        """Count one verdict and its findings."""
        self._verdicts.labels(endpoint, verdict.action.word).inc()
        for finding in verdict.findings:
            self._findings.labels(finding.kind.value).inc()

    def throttled(self, endpoint: str) -> None:
        """Count one question that was not admitted."""
        self._throttled.labels(endpoint).inc()

    def failed(self, error: BaseException) -> None:
        """Count one check that could not run, by the type of *error* alone."""
        self._failed.labels(type(error).__name__).inc()

    def upstream_failed(self, upstream: str, kind: str) -> None:
        """Count one failure of an upstream: connect, timeout, broken or status."""
        self._upstream_failures.labels(upstream, kind).inc()

    @contextmanager
    def checking(self, endpoint: str) -> Iterator[None]:
        """Time one call into the guard."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._check_seconds.labels(endpoint).observe(time.perf_counter() - start)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)
