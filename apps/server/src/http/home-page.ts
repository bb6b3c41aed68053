import { type Alert, type HealthStatus, markup, type Markup } from '@tapewatch/model';
import type { ExchangeView, HealthSummary, PipelineStatus, Readiness, ReportHead } from '@tapewatch/pipeline';
import type { Principal } from '../access/role.js';
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
  readonly asked: Markup;
}

export function homePage(content: HomeContent): string {
  const { version, status } = content;
  return page(
    'Tapewatch',
    markup`<h1>Tapewatch ${version}</h1>
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
function whoText(principal: Principal | undefined): Markup {
  if (principal?.session === undefined) return markup``;
  return markup`<p class="note">Signed in as ${principal.name} (${principal.role}).</p>
    ${signOutForm()}`;
}

function readinessText({ ready, waitingFor, degraded }: Readiness): Markup {
  const lines = [...(ready ? [] : waitingFor.map((what) => `Waiting for ${what}`)), ...degraded];
  return markup`${lines.map((line) => markup`<p class="so-so">${line}</p>`)}`;
}

function alertTable(alerts: readonly Alert[]): Markup {
  if (alerts.length === 0) return markup`<p class="good">None.</p>`;
  const rows = alerts.map((alert) => {
    const link = runbookLink(alert.annotations['runbook_url']);
    return markup`<tr>
      <td><a href="/?alert=${alert.id}">${alert.name}</a></td>
      <td>${alert.labels.get('severity')}</td>
      <td>${alert.annotations['summary'] ?? ''} ${link}</td>
      <td>${timeText(alert.firedAt ?? alert.startsAt)}</td>
    </tr>`;
  });
  return markup`<table>
    <tr>
      <th>Alert</th>
      <th>Severity</th>
      <th>Summary</th>
      <th>Since</th>
    </tr>
    ${rows}
  </table>`;
}

function healthTable(health: HealthSummary): Markup {
  if (health.components.length === 0) return markup`<p>Nothing is checked.</p>`;
  const rows = health.components.map(
    (component) =>
      markup`<tr>
        <td>${component.name}</td>
        <td>${statusText(component.status)}</td>
        <td>${component.summary ?? ''}</td>
      </tr>`,
  );
  return markup`<table>
    <tr>
      <th>Component</th>
      <th>Status</th>
      <th>Summary</th>
    </tr>
    ${rows}
  </table>`;
}

function exchangeTable(exchanges: readonly ExchangeView[]): Markup {
  if (exchanges.length === 0) return markup`<p>None is watched.</p>`;
  const rows = exchanges.map((exchange) => {
    const connected = exchange.connected
      ? markup`<span class="good">connected</span>`
      : markup`<span class="bad">not connected</span>`;
    const age = exchange.feedAgeMs === undefined ? '' : `${(exchange.feedAgeMs / 1000).toFixed(1)} s`;
    return markup`<tr>
      <td>${exchange.id}</td>
      <td>${exchange.venue}</td>
      <td>${connected}</td>
      <td>${age}</td>
      <td>${exchange.tickers.length}</td>
    </tr>`;
  });
  return markup`<table>
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

function reportTable(reports: readonly ReportHead[]): Markup {
  if (reports.length === 0) return markup`<p>None was made yet.</p>`;
  const rows = reports.map(
    ({ id, kind, from, to, createdAt, completeness }) =>
      markup`<tr>
        <td><a href="/reports/${id}">${kind}</a></td>
        <td>${timeText(from)} to ${timeText(to)}</td>
        <td>${(Math.floor(completeness * 1000) / 10).toFixed(1)}%</td>
        <td>${timeText(createdAt)}</td>
        <td><a href="/reports/${id}.md">Markdown</a> · <a href="/reports/${id}.json">JSON</a></td>
      </tr>`,
  );
  return markup`<table>
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

function statusText(status: HealthStatus): Markup {
  const colour = { healthy: 'good', degraded: 'so-so', unhealthy: 'bad', unknown: 'so-so' }[status];
  return markup`<span class="${colour}">${status}</span>`;
}
