import type { Alert, AlertEvent } from '@tapewatch/model';
import type { Html } from './html.js';
import { html } from './html.js';
import { runbookLink, timeText } from './page-parts.js';

/** The alert that a notification links to, with everything that happened to it, newest last. */
export function alertSection(alert: Alert, history: readonly AlertEvent[]): Html {
  const { acknowledgement, annotations } = alert;
  const owner =
    acknowledgement === undefined
      ? html``
      : html`<p>
          In hand: ${acknowledgement.by}, since ${timeText(acknowledgement.at)}. ${acknowledgement.note ?? ''}
        </p>`;
  const labels = [...alert.labels.entries()].map(([name, value]) => html`<li>${name} = ${value}</li>`);
  const events = history.map(
    ({ at, kind, by, note }) =>
      html`<li>${timeText(at)} ${kind} ${by === undefined ? '' : `by ${by}`} ${note ?? ''}</li>`,
  );
  return html`<h2>${alert.name}: ${alert.state}</h2>
    <p>${annotations['summary'] ?? ''} ${runbookLink(annotations['runbook_url'])}</p>
    <p>${annotations['description'] ?? ''}</p>
    ${owner}
    <ul>
      ${labels}
    </ul>
    <ol>
      ${events}
    </ol>`;
}

/** When the link is older than the history. */
export function noSuchAlert(id: string): Html {
  return html`<p class="so-so">There is no alert ${id}.</p>`;
}
