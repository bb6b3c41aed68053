import { type Language, Markup, markup } from '@tapewatch/model';
import type { DailyReport } from '../daily/daily-report.js';
import type { ReportHead } from '../report.js';
import { lineChart } from './charts/line-chart.js';
import { duration, milliseconds, percent, time } from './format.js';
import { alertStrips, componentStrips, exchangeStrips } from './html-strips.js';
import { marketCards } from './html-markets.js';
import { card, scrollTable } from './html-parts.js';
import { peopleLines } from './render-markdown.js';
import { reportStyle } from './style.js';
import { completenessText, keyFigures, noAlertsText, titleOf } from './summary.js';
import { gapsLeftOut, tablesOf } from './tables.js';
import { textsOf } from './texts/texts-of.js';
import type { ReportTexts } from './texts/texts.js';

type Tables = ReturnType<typeof tablesOf>;

// Written apart from the page, since a policy's hash holds for exactly this text.
const styleElement = new Markup(`<style>${reportStyle}</style>`);

/** One file that needs nothing else: no scripts, charts drawn. What was measured is escaped. */
export function renderHtml(head: ReportHead, report: DailyReport, language: Language): string {
  const texts = textsOf(language);
  const tables = tablesOf(report, texts);
  const title = titleOf(report, texts);
  return markup`<!doctype html>
<html lang="${texts.languageTag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · Tapewatch</title>
${styleElement}
</head>
<body>
<main>
${heading(report, title, texts)}
${alerts(report, texts, tables)}
${uptime(report, texts, tables)}
${exchanges(report, texts, tables)}
${markets(report, texts, tables)}
${host(report, texts, tables)}
${data(report, texts, tables)}
<footer class="soft">${texts.madeAt(time(head.createdAt))} · ${head.id}</footer>
</main>
</body>
</html>
`.text;
}

function heading(report: DailyReport, title: string, texts: ReportTexts): Markup {
  const { fromMs, toMs } = report;
  const keys = keyFigures(report, texts).map(
    ({ name, value, note }) =>
      markup`<div class="card"><span class="name">${name}</span><span class="value">${value}</span><span class="note">${note}</span></div>`,
  );
  const range = texts.range(time(fromMs), time(toMs), duration(toMs - fromMs, texts));
  return markup`<h1>${title}</h1>
<p class="soft">${range}</p>
${report.cutOff ? markup`<p class="soft">${texts.cutOff}</p>` : ''}
<div class="keys">${keys}</div>`;
}

function alerts(report: DailyReport, texts: ReportTexts, tables: Tables): Markup {
  const own = texts.alerts;
  const told =
    report.notifications.length === 0
      ? markup``
      : card(markup`<h3>${own.notifications}</h3>${scrollTable(tables.notifications)}`);
  if (report.alerts.episodes === 0)
    return markup`<h2>${own.heading}</h2>${card(markup`<p>${noAlertsText(report, texts)}</p>`)}${told}`;
  const people = peopleLines(report.alerts, texts).map((line) => markup`<li>${line}</li>`);
  const { leftOut } = report.alerts;
  return markup`<h2>${own.heading}</h2>
${card(alertStrips(report, texts))}
<div class="pair">
${card(markup`<h3>${own.byName}</h3>${scrollTable(tables.byName)}`)}
<div>${card(markup`<h3>${own.times}</h3>${scrollTable(tables.times)}`)}${card(markup`<h3>${own.people}</h3><ul class="plain">${people}</ul>`)}</div>
${card(markup`<h3>${own.bySeverity}</h3>${scrollTable(tables.bySeverity)}`)}
${told}
</div>
${card(markup`<h3>${own.episodes}</h3>${scrollTable(tables.episodes, { last: 'wide' })}${leftOut > 0 ? markup`<p class="soft">${own.leftOut(leftOut)}</p>` : ''}`)}`;
}

function uptime(report: DailyReport, texts: ReportTexts, tables: Tables): Markup {
  const { heading: title, none } = texts.uptime;
  if (report.components.length + report.exchanges.length === 0)
    return markup`<h2>${title}</h2>${card(markup`<p>${none}</p>`)}`;
  return markup`<h2>${title}</h2>
${report.components.length === 0 ? '' : card(markup`${componentStrips(report, texts)}${scrollTable(tables.components)}`)}
${report.exchanges.length === 0 ? '' : card(exchangeStrips(report, texts))}`;
}

function exchanges(report: DailyReport, texts: ReportTexts, tables: Tables): Markup {
  const own = texts.exchanges;
  if (report.exchanges.length === 0) return markup`<h2>${own.heading}</h2>${card(markup`<p>${own.none}</p>`)}`;
  const charts = report.exchanges
    .filter(({ chart }) => chart.p50Ms.some((point) => point !== null))
    .map(({ exchange, chart }) =>
      card(
        lineChart({
          title: own.latency(exchange),
          axis: report,
          format: milliseconds,
          lines: [
            { name: own.columns.p50, colour: 1, points: chart.p50Ms },
            { name: own.columns.p95, colour: 2, points: chart.p95Ms },
            { name: own.columns.p99, colour: 3, points: chart.p99Ms },
          ],
        }),
      ),
    );
  const beyond = report.exchanges.some(({ latency }) => latency.beyond.length > 0);
  return markup`<h2>${own.heading}</h2>
${card(markup`${scrollTable(tables.exchanges)}${beyond ? markup`<p class="soft">${own.beyond}</p>` : ''}`)}
<div class="pair">${charts}</div>`;
}

function markets(report: DailyReport, texts: ReportTexts, tables: Tables): Markup {
  const own = texts.symbols;
  if (report.symbols.length === 0) return markup`<h2>${own.heading}</h2>${card(markup`<p>${own.none}</p>`)}`;
  const openNote = report.symbols.some(({ openFrom }) => openFrom === 'first_minute');
  return markup`<h2>${own.heading}</h2>
${marketCards(report, texts)}
${card(markup`${scrollTable(tables.symbols)}${openNote ? markup`<p class="soft">${own.openNote}</p>` : ''}<p class="soft">${own.formula}</p>`)}`;
}

function host(report: DailyReport, texts: ReportTexts, tables: Tables): Markup {
  const own = texts.host;
  const { chart } = report.host;
  const there = [...chart.cpuMean, ...chart.memory].some((point) => point !== null);
  const drawn = lineChart({
    title: own.chart,
    axis: report,
    format: percent,
    top: 1,
    lines: [
      { name: own.cpuMean, colour: 1, filled: true, points: chart.cpuMean },
      { name: own.cpuMax, colour: 2, points: chart.cpuMax },
      { name: own.memory, colour: 3, points: chart.memory },
    ],
  });
  return markup`<h2>${own.heading}</h2>
${there ? card(drawn) : ''}
${card(scrollTable(tables.peaks))}`;
}

function data(report: DailyReport, texts: ReportTexts, tables: Tables): Markup {
  const own = texts.data;
  const more = gapsLeftOut(report);
  const gaps =
    report.gaps.length === 0
      ? markup`<p>${own.noGaps}</p>`
      : markup`<h3>${own.gaps}</h3>${scrollTable(tables.gaps)}${more > 0 ? markup`<p class="soft">${own.more(more)}</p>` : ''}`;
  return markup`<h2>${own.heading}</h2>
${card(markup`<p>${completenessText(report, texts)}</p>${gaps}`)}
<p class="soft">${own.conventions}</p>`;
}
