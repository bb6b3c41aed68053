import { refused, type CommandResult, type Severity } from '@tapewatch/model';
import type { PostedAlert } from './posted-alert.js';
import { never } from './posted-alerts.js';

/** What a program or a person raises by name. */
export interface RaisedAlert {
  readonly name: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent: it stands until somebody resolves it. */
  readonly endsAt?: number;
}

const longestText = 4_096;
const mostLabels = 64;

/** The alert that it stands for, or what is wrong with it. */
export function postedOf(raised: RaisedAlert, now: number): CommandResult<PostedAlert> {
  const { name, severity, title, message, labels = {}, endsAt } = raised;
  const wrong = faultOf(raised, now);
  if (wrong !== undefined) return wrong;
  return {
    ok: true,
    value: {
      labels: { ...labels, alertname: name, severity },
      annotations: { summary: title, ...(message === undefined ? {} : { description: message }) },
      startsAt: now,
      endsAt: endsAt ?? never,
      once: true,
    },
  };
}

function faultOf(raised: RaisedAlert, now: number): CommandResult<never> | undefined {
  const { name, title, message = '', labels = {}, endsAt } = raised;
  const invalid = (path: string, text: string): CommandResult<never> => refused('INVALID_INPUT', text, `input.${path}`);
  if (name.trim() === '') return invalid('name', 'the alert has no name');
  if (title.trim() === '') return invalid('title', 'the alert has no title: say in a line what is wrong');
  for (const [path, text] of Object.entries({ name, title, message }))
    if (text.length > longestText) return invalid(path, `at most ${longestText} characters; there are ${text.length}`);
  if (Object.keys(labels).length > mostLabels) return invalid('labels', `at most ${mostLabels} labels`);
  for (const [label, value] of Object.entries(labels)) {
    if (label === '' || label === '__name__')
      return invalid('labels', `a label cannot be called ${JSON.stringify(label)}`);
    if (label === 'alertname' || label === 'severity')
      return invalid('labels', `the label ${label} is what the argument ${label === 'severity' ? label : 'name'} says`);
    if (typeof value !== 'string') return invalid('labels', `the value of the label ${label} is no text; quote it`);
    if (value.length > longestText)
      return invalid('labels', `the value of the label ${label} is longer than ${longestText}`);
  }
  if (endsAt !== undefined && endsAt <= now) return invalid('endsAt', 'endsAt lies in the past');
  return undefined;
}
