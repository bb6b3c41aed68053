"""A pretended trading bot that pushes its own metrics to Tapewatch over OTLP, every second."""

import os
import random
import sys
import time

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

url = os.environ.get("TAPEWATCH_URL", "http://127.0.0.1:8080")
token = os.environ.get("TAPEWATCH_TOKEN")
if not token:
    sys.exit("Set TAPEWATCH_TOKEN: tapewatch token create --name bot --role ingest")

exporter = OTLPMetricExporter(
    endpoint=f"{url}/v1/metrics",
    headers={"authorization": f"Bearer {token}"},
    compression=Compression.Gzip,
)
provider = MeterProvider(
    # They become the labels job="desk/bot" and instance="bot-py-1".
    resource=Resource.create(
        {
            "service.namespace": "desk",
            "service.name": "bot",
            "service.instance.id": os.environ.get("BOT_INSTANCE", "bot-py-1"),
        }
    ),
    metric_readers=[PeriodicExportingMetricReader(exporter, export_interval_millis=1_000)],
)
meter = provider.get_meter("bot")

orders = meter.create_counter("bot.orders", unit="{order}", description="Orders that were sent.")
duration = meter.create_histogram(
    "bot.order.duration",
    unit="s",
    description="From an order to its acknowledgement.",
    explicit_bucket_boundaries_advisory=[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
)
equity = meter.create_gauge("bot.equity", unit="{quote}", description="What the account is worth.")

print(f"Sending to {url}/v1/metrics every second; Ctrl-C stops.", flush=True)
worth = 10_000.0
try:
    while True:
        side = random.choice(["buy", "sell"])
        orders.add(1, {"side": side})
        duration.record(random.uniform(0.01, 0.09), {"side": side})
        worth += random.uniform(-0.5, 0.5)
        equity.set(worth)
        time.sleep(0.1)
except KeyboardInterrupt:
    # Sends what has not been sent yet.
    provider.shutdown()
