// A pretended trading bot that pushes its own metrics to Tapewatch over OTLP, every second.
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

const url = process.env.TAPEWATCH_URL ?? 'http://127.0.0.1:8080';
const token = process.env.TAPEWATCH_TOKEN;
if (!token) {
  console.error('Set TAPEWATCH_TOKEN: tapewatch token create --name bot --role ingest');
  process.exit(2);
}

const provider = new MeterProvider({
  // They become the labels job="desk/bot" and instance="bot-1".
  resource: resourceFromAttributes({
    'service.namespace': 'desk',
    'service.name': 'bot',
    'service.instance.id': process.env.BOT_INSTANCE ?? 'bot-1',
  }),
  readers: [
    new PeriodicExportingMetricReader({
      exportIntervalMillis: 1_000,
      exportTimeoutMillis: 900,
      exporter: new OTLPMetricExporter({
        url: `${url}/v1/metrics`,
        headers: { authorization: `Bearer ${token}` },
        compression: 'gzip',
      }),
    }),
  ],
});
const meter = provider.getMeter('bot');

const orders = meter.createCounter('bot.orders', { unit: '{order}', description: 'Orders that were sent.' });
const duration = meter.createHistogram('bot.order.duration', {
  unit: 's',
  description: 'From an order to its acknowledgement.',
  advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] },
});
const equity = meter.createGauge('bot.equity', { unit: '{quote}', description: 'What the account is worth.' });

let worth = 10_000;
const trading = setInterval(() => {
  const side = Math.random() < 0.5 ? 'buy' : 'sell';
  orders.add(1, { side });
  duration.record(0.01 + Math.random() * 0.08, { side });
  worth += Math.random() - 0.5;
  equity.record(worth);
}, 100);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    clearInterval(trading);
    // Sends what has not been sent yet.
    await provider.shutdown().catch((error) => console.error(String(error)));
    process.exit(0);
  });
}
console.log(`Sending to ${url}/v1/metrics every second; Ctrl-C stops.`);
