import { describe, expect, it } from 'vitest';
import { TemplateError } from '../template-error.js';
import type { MessageData } from './data.js';
import { MessageTemplates } from './message-template.js';

const at = Date.UTC(2026, 6, 1, 12);
const data: MessageData = {
  receiver: 'ops',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'Down', venue: 'a', severity: 'critical' },
      annotations: { summary: 'a <is> down' },
      startsAt: at - 90_000,
      url: 'http://t/?alert=1',
      fingerprint: 'f1',
    },
    {
      status: 'resolved',
      labels: { alertname: 'Down', venue: 'b', severity: 'critical' },
      annotations: { summary: 'b & co' },
      startsAt: at - 60_000,
      endsAt: at,
      url: 'http://t/?alert=2',
      fingerprint: 'f2',
    },
  ],
  groupLabels: { alertname: 'Down' },
  commonLabels: { severity: 'critical', alertname: 'Down' },
  commonAnnotations: {},
  externalUrl: 'http://t',
};
const expand = (text: string, files: Record<string, string> = {}, escape?: (text: string) => string): string => {
  const templates = new MessageTemplates();
  for (const [file, content] of Object.entries(files)) templates.define(content, file);
  return templates.parse(text).expand(data, at, escape);
};

describe('MessageTemplates', () => {
  it.each([
    ['{{ .Status | toUpper }} {{ .Receiver }} {{ .ExternalURL }}', 'FIRING ops http://t'],
    ['{{ .Alerts.Firing | len }}/{{ len .Alerts.Resolved }}/{{ len .Alerts }}', '1/1/2'],
    ['{{ range .Alerts }}{{ .Labels.venue }} {{ end }}', 'a b '],
    ['{{ (index .Alerts 0).Annotations.summary }}', 'a <is> down'],
    ['{{ .CommonLabels.SortedPairs }}', 'alertname=Down, severity=critical'],
    ['{{ range .CommonLabels.SortedPairs }}{{ .Name }}:{{ .Value }};{{ end }}', 'alertname:Down;severity:critical;'],
    ['{{ .CommonLabels.Names | join "," }} {{ .CommonLabels.Values.Join "+" }}', 'alertname,severity Down+critical'],
    ['{{ with .CommonLabels.Remove .GroupLabels.Names }}{{ . }}{{ end }}', 'severity=critical'],
    ['{{ with .CommonLabels.Remove (stringSlice "alertname" "severity") }}x{{ else }}none{{ end }}', 'none'],
    ['{{ .CommonLabels.nothing }}|{{ .GroupLabels.alertname }}', '|Down'],
    ['{{ (index .Alerts 0).StartsAt | date "15:04:05" }}', '11:58:30'],
    [
      '{{ (index .Alerts 0).StartsAt | tz "Europe/Berlin" | date "2006-01-02 15:04 -07:00" }}',
      '2026-07-01 13:58 +02:00',
    ],
    ['{{ (index .Alerts 0).StartsAt.Format "Jan 2" }} {{ (index .Alerts 0).EndsAt.Year }}', 'Jul 1 1'],
    ['{{ since (index .Alerts 0).StartsAt }}', '1m30s'],
    ['{{ "  x y " | trimSpace | title }} {{ match "^a" "abc" }} {{ reReplaceAll "b+" "-" "abbc" }}', 'X Y true a-c'],
    ['{{ $d := dict "a" 1 "b" (list 2 3) }}{{ $d.a }} {{ toJson $d }}', '1 {"a":1,"b":[2,3]}'],
    ['{{ base64encode "a/b?" | base64decode }}', 'a/b?'],
    ['{{ template "__subject" . }}', '[FIRING:1] Down (critical)'],
  ])('expands %s', (text, wanted) => expect(expand(text)).toBe(wanted));

  it('uses what files define, the later over the earlier and over Alertmanager’s own', () => {
    const files = { 'a.tmpl': '{{ define "x" }}one{{ end }}', 'b.tmpl': '{{ define "x" }}{{ .Status }}{{ end }}' };
    expect(
      expand('{{ template "x" . }} {{ template "__subject" . }}', {
        ...files,
        'c.tmpl': '{{ define "__subject" }}s{{ end }}',
      }),
    ).toBe('firing s');
  });

  it('escapes values, and neither the template nor what says it is markup', () => {
    const escape = (text: string): string => text.replaceAll('<', '&lt;');
    expect(expand('<b>{{ (index .Alerts 0).Annotations.summary }}</b>{{ "<i>" | safeHtml }}', {}, escape)).toBe(
      '<b>a &lt;is> down</b><i>',
    );
  });

  it.each(['{{ .Nope }}', '{{ template "nowhere" . }}', '{{ .Alerts | date "x" }}', '{{ join "," 1 }}'])(
    'fails on %s',
    (text) => expect(() => expand(text)).toThrow(TemplateError),
  );

  it.each(['{{ if }}', '{{ nofunction }}', '{{ query "up" }}'])('does not parse %s', (text) =>
    expect(() => new MessageTemplates().parse(text)).toThrow(TemplateError),
  );
});
