import type { Alert, HealthStatus } from '@tapewatch/model';
import type { ExchangeView, HealthSummary, PipelineStatus, Readiness, ReportHead } from '@tapewatch/pipeline';
import type { Principal } from '../access/role.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { page } from './page.js';
import { runbookLink, timeText } from './page-parts.js';
import { signOutForm } from './sign-in-page.js';

export interface HomeContent {
  /** Who looks at it. */
  readonly principal?: Principal;
  readonly version: string;
  readonly status: PipelineStatus;
  readonly readiness: Readiness;
  readonly health: HealthSummary;
  readonly exchanges: readonly ExchangeView[];
  /** The newest ones. */
  readonly firing: readonly Alert[];
  readonly firingTotal: number;
  /** The newest ones. */
  readonly reports: readonly ReportHead[];
  /** What a link asked for, above the rest. */
  readonly asked: Html;
}

export function homePage(content: HomeContent): string {
  const { version, status } = content;
  return page(
    'Tapewatch',
    html`<h1>Tapewatch ${version}</h1>
      <p class="note">
        Running since ${timeText(status.startedAt)}; ${status.seriesActive} series; newest tick
        ${status.lastTickAt === undefined ? 'not there yet' : timeText(status.lastTickAt)}; ${status.missedTicks} ticks
        missed.
      </p>
      ${readinessText(content.readiness)}
      <p><a href="/graphql">GraphQL</a> · <a href="/metrics">Metrics</a> · <a href="/readyz">Readiness</a></p>
      ${whoText(content.principal)} ${content.asked}
      <h2>Firing alerts: ${content.firingTotal}</h2>
      ${alertTable(content.firing)}
      <h2>Health: ${statusText(content.health.status)}</h2>
      ${healthTable(content.health)}
      <h2>Exchanges</h2>
      ${exchangeTable(content.exchanges)}
      <h2>Reports</h2>
      ${reportTable(content.reports)}`,
  );
}

/** A program that sends a token has nothing to sign out of. */
function whoText(principal: Principal | undefined): Html {
  if (principal?.session === undefined) return html``;
  return html`<p class="note">Signed in as ${principal.name} (${principal.role}).</p>
    ${signOutForm()}`;
}

function readinessText({ ready, waitingFor, degraded }: Readiness): Html {
  const lines = [...(ready ? [] : waitingFor.map((what) => `Waiting for ${what}`)), ...degraded];
  return html`${lines.map((line) => html`<p class="so-so">${line}</p>`)}`;
}

function alertTable(alerts: readonly Alert[]): Html {
  if (alerts.length === 0) return html`<p class="good">None.</p>`;
  const rows = alerts.map((alert) => {
    const link = runbookLink(alert.annotations['runbook_url']);
    return html`<tr>
      <td><a href="/?alert=${alert.id}">${alert.name}</a></td>
      <td>${alert.labels.get('severity')}</td>
      <td>${alert.annotations['summary'] ?? ''} ${link}</td>
      <td>${timeText(alert.firedAt ?? alert.startsAt)}</td>
    </tr>`;
  });
  return html`<table>
    <tr>
      <th>Alert</th>
      <th>Severity</th>
      <th>Summary</th>
      <th>Since</th>
    </tr>
    ${rows}
  </table>`;
}

function healthTable(health: HealthSummary): Html {
  if (health.components.length === 0) return html`<p>Nothing is checked.</p>`;
  const rows = health.components.map(
    (component) =>
      html`<tr>
        <td>${component.name}</td>
        <td>${statusText(component.status)}</td>
        <td>${component.summary ?? ''}</td>
      </tr>`,
  );
  return html`<table>
    <tr>
      <th>Component</th>
      <th>Status</th>
      <th>Summary</th>
    </tr>
    ${rows}
  </table>`;
}

function exchangeTable(exchanges: readonly ExchangeView[]): Html {
  if (exchanges.length === 0) return html`<p>None is watched.</p>`;
  const rows = exchanges.map((exchange) => {
    const connected = exchange.connected
      ? html`<span class="good">connected</span>`
      : html`<span class="bad">not connected</span>`;
    const age = exchange.feedAgeMs === undefined ? '' : `${(exchange.feedAgeMs / 1000).toFixed(1)} s`;
    return html`<tr>
      <td>${exchange.id}</td>
      <td>${exchange.venue}</td>
      <td>${connected}</td>
      <td>${age}</td>
      <td>${exchange.tickers.length}</td>
    </tr>`;
  });
  return html`<table>
    <tr>
      <th>Exchange</th>
      <th>Venue</th>
      <th>State</th>
      <th>Feed age</th>
      <th>Symbols</th>
    </tr>
    ${rows}
  </table>`;
}

function reportTable(reports: readonly ReportHead[]): Html {
  if (reports.length === 0) return html`<p>None was made yet.</p>`;
  const rows = reports.map(
    ({ id, kind, from, to, createdAt, completeness }) =>
      html`<tr>
        <td><a href="/reports/${id}">${kind}</a></td>
        <td>${timeText(from)} to ${timeText(to)}</td>
        <td>${(Math.floor(completeness * 1000) / 10).toFixed(1)}%</td>
        <td>${timeText(createdAt)}</td>
        <td><a href="/reports/${id}.md">Markdown</a> · <a href="/reports/${id}.json">JSON</a></td>
      </tr>`,
  );
  return html`<table>
    <tr>
      <th>Report</th>
      <th>Of</th>
      <th>Data</th>
      <th>Made</th>
      <th></th>
    </tr>
    ${rows}
  </table>`;
}

function statusText(status: HealthStatus): Html {
  const colour = { healthy: 'good', degraded: 'so-so', unhealthy: 'bad', unknown: 'so-so' }[status];
  return html`<span class="${colour}">${status}</span>`;
}
