import { Labels } from '@tapewatch/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateError } from './template-error.js';
import type { TemplateData } from './template.js';
import { parseTemplate } from './template.js';

const labels = Labels.of({
  exchange: 'binance',
  feed: 'ticker',
  n: '5',
  instance: 'foo.example.com:9100',
});

function data(overrides: Partial<TemplateData> = {}): TemplateData {
  return {
    labels,
    value: 12.5,
    externalLabels: { region: 'eu' },
    externalUrl: 'http://testhost:9090/path/prefix',
    at: 1_353_755_652_000,
    query: () => [
      { labels: Labels.of({ instance: 'b', x: '1' }), value: 21 },
      { labels: Labels.of({ instance: 'a' }), value: 11.5 },
    ],
    ...overrides,
  };
}

function expand(text: string, overrides: Partial<TemplateData> = {}): string {
  return parseTemplate(text, 'Test').expand(data(overrides));
}

/** Every expected text was made by Go 1.26's text/template with Prometheus' functions. */
describe('Template', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{{ $labels.exchange }}/{{ .Labels.feed }}/{{ $labels.missing }}|', 'binance/ticker/|'],
    ['{{ $value }} {{ .Value }} {{ $.Value }}', '12.5 12.5 12.5'],
    [
      '{{ $externalURL }} {{ $externalLabels.region }} {{ pathPrefix }}',
      'http://testhost:9090/path/prefix eu /path/prefix',
    ],
    ['{{ 1 }} {{ 1.0 }} {{ 1e6 }} {{ 1000000 }} {{ -5 }} {{ 0x1F }} {{ 1_000 }}', '1 1 1e+06 1000000 -5 31 1000'],
    ['{{ \'a\' }} {{ "q\\t" }} {{ `raw\\n` }} {{ true }}', '97 q\t raw\\n true'],
    [
      '{{ 1353755652.5 | toTime }}|{{ toTime "1353755652" }}',
      '2012-11-24 11:14:12.5 +0000 UTC|2012-11-24 11:14:12 +0000 UTC',
    ],
    ['{{ (toTime 1353755652).Format "2006-01-02T15:04:05Z07:00" }}', '2012-11-24T11:14:12Z'],
    ['{{ (1353755652.5 | toTime).Format "Mon, 2 Jan 06 3:04PM .000 MST" }}', 'Sat, 24 Nov 12 11:14AM .500 UTC'],
    [
      '{{ (toTime 1353755652).Year }} {{ (toTime 1353755652).Month }} {{ (toTime 1353755652).Unix }}',
      '2012 November 1353755652',
    ],
    ['{{ with toTime 1353755652 }}{{ "15h04" | .Format }} {{ .Weekday }}{{ end }}', '11h14 Saturday'],
    [
      '{{ toDuration 5400 }} {{ 1.5 | toDuration }} {{ toDuration 0.25 }} {{ toDuration -3601 }} {{ toDuration 0 }}',
      '1h30m0s 1.5s 250ms -1h0m1s 0s',
    ],
    ['{{ (toDuration 5400).Hours }} {{ (toDuration 90).Minutes }} {{ (toDuration 1.5).Milliseconds }}', '1.5 1.5 1500'],
    ['{{ printf "%s|%v" (toDuration 1) (toDuration 2) }}', '1s|2s'],
    [
      '{{ define "x" }}<{{ . }}>{{ end }}{{ tmpl "x" 5 }}{{ tmpl (print "x") "b" | toUpper }}{{ 7 | tmpl "x" }}',
      '<5><B><7>',
    ],
    [
      '{{ graphLink "up == 0" }} {{ tableLink "a+b" }}',
      '/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=a%2Bb&g0.tab=1',
    ],
    ['{{ js "it\'s <b> & \\"x\\"" }}', 'it\\\'s \\u003Cb\\u003E \\u0026 \\"x\\"'],
    ['a {{- " b " -}} c', 'a b c'],
    ['a  {{- /* c */ -}}  b', 'ab'],
    ['{{/* x */}}y', 'y'],
    ['{{ "}}" }}', '}}'],
    ['{{ if eq $labels.feed "ticker" }}T{{ else }}F{{ end }}', 'T'],
    ['{{ if lt $value 10.0 }}a{{ else if lt $value 20.0 }}b{{ else }}c{{ end }}', 'b'],
    [
      '{{ eq 1 1 2 }} {{ eq 1 2 1 }} {{ ne "a" "b" }} {{ le 1 1 }} {{ ge 2.0 3.0 }} {{ lt "a" "b" }}',
      'true true true true false true',
    ],
    ['{{ and 1 0 2 }} {{ or 0 "" "x" }} {{ and true "y" }} {{ not 0 }}', '0 x y true'],
    ['{{ 0 | and 1 }} {{ 5 | or 0 }}', '0 5'],
    [
      '{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}',
      'exchange=binance;feed=ticker;instance=foo.example.com:9100;n=5;',
    ],
    ['{{ range 3 }}{{ . }},{{ end }}', '0,1,2,'],
    ['{{ range 5 }}{{ if eq . 2 }}{{ continue }}{{ end }}{{ if eq . 4 }}{{ break }}{{ end }}{{ . }}{{ end }}', '013'],
    ['{{ range 0 }}x{{ else }}none{{ end }}', 'none'],
    ['{{ with $labels.zzz }}x{{ else with $labels.feed }}{{ . }}{{ else }}no{{ end }}', 'ticker'],
    ['{{ with $x := 3 }}{{ $x }}{{ . }}{{ end }}', '33'],
    ['{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ end }}{{ $x }}', '2'],
    ['{{ len $labels }} {{ len "héé" }} {{ len (query "x") }}', '4 5 2'],
    ['{{ index $labels "feed" }} {{ index $labels "zz" }}|{{ (index (query "x") 0).Value }}', 'ticker |21'],
    ['{{ slice "abcdef" 1 3 }} {{ slice "abc" 1 }} {{ index "abc" 1 }}', 'bc bc 98'],
    [
      '{{ query "x" | first | value }} {{ query "x" | first | label "instance" }} {{ query "x" | first | strvalue }}|',
      '21 b |',
    ],
    ['{{ range query "x" | sortByLabel "instance" }}{{ .Labels.instance }}:{{ .Value }}: {{ end }}', 'a:11.5: b:21: '],
    [
      '{{ "foo.example.com:12345" | stripPort }} {{ "[2001:0DB8::1]:12345" | stripPort }} {{ "::1" | stripPort }}',
      'foo.example.com 2001:0DB8::1 ::1',
    ],
    [
      '{{ $labels.instance | stripDomain }} {{ "192.0.2.1:12345" | stripDomain }} {{ "foo.example.com" | stripDomain }}',
      'foo:9100 192.0.2.1:12345 foo',
    ],
    [
      '{{ reReplaceAll "(a)b" "x$1" "ab" }} {{ reReplaceAll "a*" "x" "baac" }} {{ reReplaceAll "(a)" "$1x" "cat" }}',
      'xa xbxcx ct',
    ],
    ['{{ reReplaceAll "(?P<n>a+)" "<${n}>" "caat" }} {{ reReplaceAll "a" "$$" "cat" }}', 'c<aa>t c$t'],
    ['{{ match "a+" "xaay" }} {{ match "^a+$" "xaay" }}', 'true false'],
    [
      '{{ "aa bb CC" | title }} {{ "foo_bar foo-bar don\'t éa" | title }} {{ "aB" | toUpper }} {{ "aB" | toLower }}',
      "Aa Bb CC Foo_bar Foo-Bar Don't Éa AB ab",
    ],
    ['{{ parseDuration "1h2m10ms" }} {{ parseDuration "-30m" }} {{ now }}', '3720.01 -1800 1.353755652e+09'],
    ['{{ print 1 2 "a" "b" 3 4 }} {{ println 1 "a" }}', '1 2ab3 4 1 a\n'],
    ['{{ printf "%d%%|%5d|%-5d|%05d|%s|%q|%t" 5 42 42 42 "s" "a\\n" true }}', '5%|   42|42   |00042|s|"a\\n"|true'],
    [
      '{{ printf "%d" }} {{ printf "%d" 1 2 }} {{ printf "%z" 1 }} {{ printf "%s" 3 }} {{ printf "%[2]d" 3 4 }}',
      '%!d(MISSING) 1%!(EXTRA int=2) %!z(int=1) %!s(int=3) 4',
    ],
    [
      '{{ html "<a&\'\\">" }} {{ urlquery "a b&c/é~!" }} {{ safeHtml "<b>" }}',
      '&lt;a&amp;&#39;&#34;&gt; a+b%26c%2F%C3%A9~%21 <b>',
    ],
    ['{{ define "x" }}{{ .arg0 }} {{ .arg1 }}{{ end }}{{ template "x" (args 1 "2") }}', '1 2'],
    ['{{ block "b" . }}B{{ .Value }}{{ end }}', 'B12.5'],
    ['{{ (args 1).arg5 }} {{ args 1 "b" }}', '<no value> map[arg0:1 arg1:b]'],
  ])('expands %s', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  it.each([
    [0, '0', '0', '0s', '0%', '1970-01-01 00:00:00 +0000 UTC'],
    [1, '1', '1', '1s', '100%', '1970-01-01 00:00:01 +0000 UTC'],
    [-1, '-1', '-1', '-1s', '-100%', '1969-12-31 23:59:59 +0000 UTC'],
    [1234.5, '1.234k', '1.206ki', '20m 34s', '1.234e+05%', '1970-01-01 00:20:34.5 +0000 UTC'],
    [0.12, '120m', '0.12', '120ms', '12%', '1970-01-01 00:00:00.12 +0000 UTC'],
    [0.00012345, '123.4u', '0.0001234', '123.4us', '0.01234%', '1970-01-01 00:00:00 +0000 UTC'],
    [1048576, '1.049M', '1Mi', '12d 3h 16m 16s', '1.049e+08%', '1970-01-13 03:16:16 +0000 UTC'],
    [1435065584.128, '1.435G', '1.337Gi', '16609d 13h 19m 44s', '1.435e+11%', '2015-06-23 13:19:44.128 +0000 UTC'],
    [12.345, '12.35', '12.35', '12.35s', '1234%', '1970-01-01 00:00:12.345 +0000 UTC'],
    [-187445, '-187.4k', '-183.1ki', '-2d 4h 4m 5s', '-1.874e+07%', '1969-12-29 19:55:55 +0000 UTC'],
    [Infinity, '+Inf', '+Inf', '+Inf', '+Inf%', '+Inf'],
    [NaN, 'NaN', 'NaN', 'NaN', 'NaN%', 'NaN'],
  ])('humanizes %d', (value, plain, binary, duration, percentage, timestamp) => {
    const all = ['humanize', 'humanize1024', 'humanizeDuration', 'humanizePercentage', 'humanizeTimestamp'];
    expect(all.map((name) => expand(`{{ ${name} $value }}`, { value }))).toEqual([
      plain,
      binary,
      duration,
      percentage,
      timestamp,
    ]);
  });

  it('takes numbers in strings', () => {
    expect(expand('{{ "1234.5" | humanize }} {{ ".12" | humanize }} {{ "inf" | humanize }}')).toBe('1.234k 120m +Inf');
  });

  it.each([
    ['{{ if gt $value 10 }}x{{ end }}', 'error calling gt: incompatible types for comparison: float64 and int'],
    ['{{ humanize "one" }}', 'error calling humanize: strconv.ParseFloat: parsing "one": invalid syntax'],
    ['{{ $value | toUpper }}', 'wrong type for value; expected string; got float64'],
    ['{{ toUpper 3 }}', 'expected string; found 3'],
    ['{{ humanize 1 2 }}', 'wrong number of args for humanize: want 1 got 2'],
    [
      '{{ .Foo }}',
      "can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }",
    ],
    ['{{ $labels.a.b }}', "can't evaluate field b in type string"],
    ['{{ index (query "x") 5 }}', 'error calling index: index out of range: 5'],
    [
      '{{ reReplaceAll "(" "" "x" }}',
      'error calling reReplaceAll: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`',
    ],
    ['{{ template "nope" }}', 'template "nope" not defined'],
    ['{{ range 200000 }}x{{ end }}', 'the template takes too many steps'],
    ['{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}', 'exceeded maximum template depth'],
  ])('fails on %s as Go does', (text, reason) => {
    expect(() => expand(text)).toThrow(reason);
  });

  it.each([
    ['{{', 1, 1, 'unclosed action'],
    ['a\n {{ $foo }}', 2, 5, 'undefined variable "$foo"'],
    ['{{ nofn 1 }}', 1, 4, 'function "nofn" not defined'],
    ['{{ call "up" }}', 1, 4, 'is not available here'],
    ['{{ if }}x{{ end }}', 1, 7, 'missing value for if'],
    ['{{ if true }}', 1, 14, 'unexpected EOF'],
    ['{{ end }}', 1, 4, 'unexpected {{end}}'],
    ['{{ "a }}', 1, 4, 'unterminated quoted string'],
    ['{{ 1 | 2 }}', 1, 8, 'non executable command in pipeline stage 2'],
    ['{{ $value-1 }}', 1, 10, 'bad character'],
    ['{{ ( 1 }}', 1, 8, 'unclosed left paren'],
    ['{{ break }}', 1, 4, '{{break}} outside {{range}}'],
    ['{{ 3a }}', 1, 4, 'bad number syntax'],
  ])('refuses %s with its place', (text, line, column, reason) => {
    const fault = (() => {
      try {
        parseTemplate(text, 'Test');
      } catch (error) {
        return error as TemplateError;
      }
      throw new Error('accepted');
    })();
    expect({ line: fault.line, column: fault.column, reason: fault.reason }).toEqual({
      line,
      column,
      reason: expect.stringContaining(reason) as string,
    });
  });

  it('tells a failed expansion in the text, as Prometheus does', () => {
    expect(parseTemplate('age: {{ humanize "one" }}', 'FeedStale').expandOrExplain(data())).toBe(
      '<error expanding template: error executing template __alert_FeedStale: template: __alert_FeedStale:1:120: executing "__alert_FeedStale" at <humanize "one">: error calling humanize: strconv.ParseFloat: parsing "one": invalid syntax>',
    );
  });

  it('knows what an expansion depends on', () => {
    const of = (text: string): readonly boolean[] => {
      const { constant, pure } = parseTemplate(text, 'Test');
      return [constant, pure];
    };
    expect(of('plain')).toEqual([true, true]);
    expect(of('{{ $value | humanize }}')).toEqual([false, true]);
    expect(of('{{ if true }}{{ with (query "x" | first) }}{{ end }}{{ end }}')).toEqual([false, false]);
    expect(of('{{ define "a" }}{{ now }}{{ end }}{{ template "a" . }}')).toEqual([false, false]);
  });

  it('never throws anything but a TemplateError, whatever is written', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      ' ',
      'if',
      'range',
      'end',
      'else',
      'with',
      '$labels',
      '.x',
      '.',
      '$',
      '|',
      '(',
      ')',
      ':=',
      '"a"',
      '1',
      '1.5',
      'eq',
      'printf',
      'len',
      'index',
      'define',
      'template',
      '/*',
      '*/',
      'break',
      'text',
      '\n',
      ',',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 20 }).map((all) => all.join('')),
        ),
        (text) => {
          try {
            expect(typeof parseTemplate(text, 'Test').expandOrExplain(data())).toBe('string');
          } catch (error) {
            expect(error).toBeInstanceOf(TemplateError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
