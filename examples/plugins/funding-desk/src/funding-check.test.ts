import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testContext } from '@tapewatch/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { fundingCheck } from './funding-check.js';

async function statusFor(answer: string): Promise<string> {
  const server = createServer((_, response) => response.end(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return (await fundingCheck.run(testContext(), { url, warn_below: 0.3, fail_below: 0.1 })).status;
  } finally {
    server.close();
  }
}

describe('fundingCheck', () => {
  it('judges the margin that is left', async () => {
    expect(await statusFor('{"marginRatio": 0.5}')).toBe('healthy');
    expect(await statusFor('{"marginRatio": 0.2}')).toBe('degraded');
    expect(await statusFor('{"marginRatio": 0.05}')).toBe('unhealthy');
    expect(await statusFor('{}')).toBe('unknown');
  });
});
