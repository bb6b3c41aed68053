import { httpChannelContract, sampleNotification } from '@tapewatch/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { webhookConfig } from './config.js';
import { webhookPayload } from './payload.js';
import { webhookChannel } from './webhook-channel.js';

describe('webhookChannel', () => {
  for (const { name, run } of httpChannelContract(webhookChannel, (url) => webhookConfig.parse({ url }))) it(name, run);

  it('shows no secret when its config is printed', () => {
    const config = webhookConfig.parse({
      url: 'https://hooks.example.test/s3cret',
      headers: { authorization: 'Bearer s3cret' },
    });
    expect(JSON.stringify(config) + String(config.url)).not.toContain('s3cret');
  });
});

describe('webhookPayload', () => {
  it('has the form of Alertmanager version 4', () => {
    const body = webhookPayload(sampleNotification(), 0);
    expect(Object.keys(body)).toEqual(
      expect.arrayContaining([
        'version',
        'groupKey',
        'truncatedAlerts',
        'status',
        'receiver',
        'groupLabels',
        'commonLabels',
        'commonAnnotations',
        'externalURL',
        'alerts',
      ]) as string[],
    );
    expect(body).toMatchObject({
      version: '4',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          startsAt: '2026-01-02T03:04:05.000Z',
          endsAt: '0001-01-01T00:00:00Z',
          fingerprint: '00ff00ff00ff00ff',
        },
      ],
    });
  });

  it('counts what it leaves out', () => {
    const notification = sampleNotification();
    const three = { ...notification, alerts: [...notification.alerts, ...notification.alerts, ...notification.alerts] };
    expect(webhookPayload(three, 2)).toMatchObject({ truncatedAlerts: 1 });
    expect((webhookPayload(three, 2)['alerts'] as unknown[]).length).toBe(2);
  });

  it('hands a report on, but not its page', () => {
    const report = { id: 'r', title: 't', text: 'x', markdown: '# t', html: '<p>', url: 'http://x/reports/r' };
    const { html: _page, ...rest } = report;
    expect(webhookPayload(sampleNotification({ report }), 0)).toMatchObject({ alerts: [{}], report: rest });
    expect(webhookPayload(sampleNotification({ report }), 0)['report']).not.toHaveProperty('html');
    expect(webhookPayload(sampleNotification(), 0)).not.toHaveProperty('report');
  });
});
