import { type Alert, type AlertEvent, markup, type Markup } from '@tapewatch/model';
import { runbookLink, timeText } from './page-parts.js';

/** The alert that a notification links to, with everything that happened to it, newest last. */
export function alertSection(alert: Alert, history: readonly AlertEvent[]): Markup {
  const { acknowledgement, annotations } = alert;
  const owner =
    acknowledgement === undefined
      ? markup``
      : markup`<p>
          In hand: ${acknowledgement.by}, since ${timeText(acknowledgement.at)}. ${acknowledgement.note ?? ''}
        </p>`;
  const labels = [...alert.labels.entries()].map(([name, value]) => markup`<li>${name} = ${value}</li>`);
  const events = history.map(
    ({ at, kind, by, note }) =>
      markup`<li>${timeText(at)} ${kind} ${by === undefined ? '' : `by ${by}`} ${note ?? ''}</li>`,
  );
  return markup`<h2>${alert.name}: ${alert.state}</h2>
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
export function noSuchAlert(id: string): Markup {
  return markup`<p class="so-so">There is no alert ${id}.</p>`;
}
