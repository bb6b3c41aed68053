import { markup, type Markup } from '@tapewatch/model';
import type { DailyReport, SymbolPart } from '../daily/daily-report.js';
import { priceChart } from './charts/price-chart.js';
import { figure, percent, price, signedPercent } from './format.js';
import { marketName } from './tables.js';
import type { ReportTexts } from './texts/texts.js';

/** More markets are in the table only. */
const mostCharts = 48;

/** A small chart per market. */
export function marketCards({ symbols }: DailyReport, texts: ReportTexts): Markup {
  const several = new Set(symbols.map(({ exchange }) => exchange)).size > 1;
  const shown = symbols.filter(({ chart }) => chart.some((point) => point !== null)).slice(0, mostCharts);
  if (shown.length === 0) return markup``;
  const note =
    shown.length < symbols.length && shown.length === mostCharts
      ? markup`<p class="soft">${texts.symbols.chartsOf(shown.length, symbols.length)}</p>`
      : '';
  return markup`<p class="soft">${texts.symbols.chart}</p>
<div class="markets">${shown.map((market) => marketCard(market, several, texts))}</div>${note}`;
}

function marketCard(market: SymbolPart, several: boolean, texts: ReportTexts): Markup {
  const { change, close, high, low, volatility, chart } = market;
  const { columns } = texts.symbols;
  const name = marketName(market, several);
  const direction = change.value === null || change.value === 0 ? '' : change.value > 0 ? 'up' : 'down';
  return markup`<article class="market"><header><strong>${name}</strong><span>${figure(close, texts, price)} <span class="${direction}">${figure(change, texts, signedPercent)}</span></span></header>
${priceChart(name, chart)}
<p class="soft">${columns.low} ${figure(low, texts, price)} · ${columns.high} ${figure(high, texts, price)}</p><p class="soft">${columns.volatility} ${figure(volatility, texts, percent)}</p></article>
`;
}
