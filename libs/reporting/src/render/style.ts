import { createHash } from 'node:crypto';

/** The page's only style sheet: light and dark, wide and narrow, screen and paper. */
export const reportStyle = `
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --text: #1b1f24; --soft: #59636e; --line: #d9dee4; --track: #e8ebef;
--c1: #2563c9; --c2: #c2711a; --c3: #8a3ffc; --good: #2da44e; --so-so: #d4a017; --bad: #cf222e; --none: #c3c9d1; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --card: #161b22; --text: #e6edf3; --soft: #9198a1; --line: #2f363e; --track: #21262d;
--c1: #58a6ff; --c2: #e3a04f; --c3: #bc8cff; --good: #3fb950; --so-so: #d4a72c; --bad: #f85149; --none: #444c56; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Apple SD Gothic Neo", "Noto Sans KR", "Noto Sans CJK KR", sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: .95rem; margin: 0 0 .5rem; }
p { margin: .5rem 0; } .soft { color: var(--soft); font-size: .87rem; }
.keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; margin: 0 0 .75rem; min-width: 0; }
.keys .card { margin: 0; } .keys .value { display: block; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; }
.keys .name { color: var(--soft); font-size: .82rem; } .keys .note { color: var(--soft); font-size: .82rem; display: block; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 .75rem; align-items: start; }
.scroll { overflow-x: auto; margin: 0 -.25rem; padding: 0 .25rem; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); white-space: nowrap; } tr:last-child td { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; } .number { text-align: right; white-space: nowrap; }
td.wide { min-width: 16rem; overflow-wrap: anywhere; } td.time { white-space: nowrap; }
figure { margin: 0 0 .5rem; } figcaption { font-weight: 600; font-size: .87rem; display: flex; flex-wrap: wrap; gap: .2rem .9rem; justify-content: space-between; margin-bottom: .5rem; }
.legend { font-weight: 400; color: var(--soft); display: flex; flex-wrap: wrap; gap: .1rem .8rem; } .key { white-space: nowrap; }
.dot { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; margin-right: .35rem; }
.plot { display: grid; grid-template-columns: 3.4rem 1fr; gap: .5rem; } .plot svg { width: 100%; height: 9rem; display: block; border-bottom: 1px solid var(--line); }
.scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; color: var(--soft); font-size: .72rem; line-height: 1; font-variant-numeric: tabular-nums; }
.times { display: flex; justify-content: space-between; color: var(--soft); font-size: .72rem; margin-top: .25rem; font-variant-numeric: tabular-nums; }
.plot + .times { margin-left: 3.9rem; }
.strips { display: grid; grid-template-columns: minmax(6rem, auto) minmax(0, 1fr) auto; gap: .4rem .75rem; align-items: center; }
.strip { display: contents; } .strips svg { width: 100%; height: 1.15rem; display: block; border-radius: .2rem; } .strips .name { font-size: .85rem; max-width: 14rem; overflow-wrap: anywhere; line-height: 1.25; }
.strips .figure { font-size: .82rem; color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; }
.markets { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem; margin-bottom: .75rem; }
.market { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .85rem; min-width: 0; }
.market header { display: flex; justify-content: space-between; gap: .5rem; font-size: .87rem; flex-wrap: wrap; } .market strong { overflow-wrap: anywhere; }
.market .price { width: 100%; height: 3.6rem; display: block; margin: .4rem 0; } .market .soft { font-size: .78rem; margin: 0; }
.up { color: var(--good); } .down { color: var(--bad); }
svg .line { fill: none; stroke-width: 1.6; vector-effect: non-scaling-stroke; stroke-linejoin: round; } svg .area { opacity: .18; stroke: none; }
svg rect { shape-rendering: crispEdges; } svg .grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; } svg .ground { fill: var(--track); }
.stroke-1 { stroke: var(--c1); } .stroke-2 { stroke: var(--c2); } .stroke-3 { stroke: var(--c3); }
.fill-1 { fill: var(--c1); background: var(--c1); } .fill-2 { fill: var(--c2); background: var(--c2); } .fill-3 { fill: var(--c3); background: var(--c3); }
.severity-critical, .status-unhealthy { fill: var(--bad); background: var(--bad); } .severity-warning, .status-degraded { fill: var(--so-so); background: var(--so-so); }
.severity-info, .severity-other { fill: var(--c1); background: var(--c1); } .status-healthy { fill: var(--good); background: var(--good); }
.status-unknown { fill: var(--none); background: var(--none); } .status-unobserved { fill: var(--track); background: var(--track); }
.badge { border-radius: 1rem; padding: .05rem .5rem; font-size: .78rem; white-space: nowrap; border: 1px solid currentColor; }
.badge.critical { color: var(--bad); } .badge.warning { color: var(--so-so); } .badge.info { color: var(--c1); }
ul.plain { list-style: none; margin: 0; padding: 0; font-size: .9rem; } footer { margin-top: 2.5rem; }
@media (max-width: 40rem) { main { padding: 1rem .75rem 2rem; } .card { padding: .75rem; }
.strips { display: block; } .strip { display: grid; grid-template-columns: 1fr auto; gap: .1rem .5rem; margin-bottom: .5rem; } .strip .name { max-width: none; }
.strip svg, .strip .times { grid-row: 2; grid-column: 1 / -1; margin: 0; } .plot { grid-template-columns: 2.6rem 1fr; } .plot + .times { margin-left: 3.1rem; } }
@media print { body { background: #fff; font-size: 11px; } main { max-width: none; padding: 0; } .card, .market, figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } .scroll { overflow: visible; } }
`;

/** What a Content-Security-Policy names to let the style sheet, and nothing else, through. */
export const reportStyleHash = `'sha256-${createHash('sha256').update(reportStyle).digest('base64')}'`;
