// The vocabulary of the dashboards: each function gives a piece of Grafana's dashboard model (schema 39, Grafana 11 and newer).
const datasource = { type: 'prometheus', uid: '${datasource}' };
const gridWidth = 24;

/** A query. `legend` as Grafana has it ({{label}}); `instant` asks for the newest value only, `table` for its labels as columns. */
export function query(expr, legend = '', { instant = false, table = false } = {}) {
  return { expr, legendFormat: legend, instant, range: !instant, format: table ? 'table' : 'time_series' };
}

/** Lines over time. Options: unit, decimals, width, height, stack, log, min, max, thresholds, description, and by a pattern of legends mirrored, dashed. */
export function lines(title, queries, options = {}) {
  const overrides = [];
  if (options.mirrored !== undefined) overrides.push(override(options.mirrored, 'custom.transform', 'negative-Y'));
  if (options.dashed !== undefined) {
    overrides.push(override(options.dashed, 'custom.lineStyle', { fill: 'dash', dash: [8, 8] }));
    overrides.at(-1).properties.push({ id: 'custom.fillOpacity', value: 0 });
  }
  const custom = {
    drawStyle: 'line',
    lineInterpolation: 'linear',
    lineWidth: 1,
    fillOpacity: options.stack ? 40 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: options.stack ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: options.thresholds === undefined ? 'off' : 'dashed' },
    axisPlacement: 'auto',
    scaleDistribution: options.log ? { type: 'log', log: 10 } : { type: 'linear' },
  };
  return panel('timeseries', title, queries, options, { custom }, overrides, {
    legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
    tooltip: { mode: 'multi', sort: 'desc' },
  });
}

/** Figures to read at a glance. Options: unit, thresholds, mappings, decimals, graph. */
export function figure(title, queries, options = {}) {
  return panel('stat', title, queries, { width: 4, height: 4, ...options }, {}, [], {
    colorMode: options.thresholds === undefined && options.mappings === undefined ? 'none' : 'background',
    graphMode: options.graph ? 'area' : 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    textMode: 'auto',
    wideLayout: true,
  });
}

/** Which state held when; values are mapped to words and colours by `mappings`. */
export function states(title, queries, options = {}) {
  return panel('state-timeline', title, queries, options, { custom: { fillOpacity: 80, lineWidth: 0 } }, [], {
    alignValue: 'left',
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    mergeValues: true,
    rowHeight: 0.85,
    showValue: 'never',
    tooltip: { mode: 'single', sort: 'none' },
  });
}

/** Newest values of several queries, one row for each set of the labels `by`; `columns` has { name, unit, decimals, thresholds } per query. */
export function table(title, queries, options) {
  // Grafana joins rows that agree in every column, so there may be no label besides these, not even the metric's name.
  const asked = queries.map(({ expr }) =>
    query(`max by (${options.by.join(', ')}) (${expr})`, '', { instant: true, table: true }),
  );
  const values = asked.map((_, i) => (asked.length === 1 ? 'Value' : `Value #${refId(i)}`));
  const renameByName = Object.fromEntries(values.map((value, i) => [value, options.columns[i].name]));
  const overrides = options.columns.map(({ name, unit, decimals, thresholds }) => ({
    matcher: { id: 'byName', options: name },
    properties: [
      { id: 'unit', value: unit ?? 'short' },
      ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
      ...(thresholds === undefined
        ? []
        : [
            { id: 'thresholds', value: steps(thresholds) },
            { id: 'custom.cellOptions', value: { type: 'color-text' } },
          ]),
    ],
  }));
  const made = panel('table', title, asked, options, { custom: { align: 'auto', filterable: true } }, overrides, {
    cellHeight: 'sm',
    showHeader: true,
    footer: { show: false, reducer: ['sum'], countRows: false, fields: '' },
  });
  const indexByName = Object.fromEntries([...options.by, ...values].map((name, i) => [name, i]));
  made.transformations = [
    { id: 'merge', options: {} },
    { id: 'filterFieldsByName', options: { include: { names: [...options.by, ...values] } } },
    { id: 'organize', options: { excludeByName: {}, indexByName, renameByName } },
  ];
  return made;
}

/** A line of panels under a title. */
export function row(title, panels) {
  return { title, panels };
}

/** 0 as a word to be told of, 1 as its good opposite. */
export function words(bad, good) {
  return wordList([
    [bad, 'red'],
    [good, 'green'],
  ]);
}

/** Numbers as words, in the order of a list of [text, colour]: 0, 1, 2 ... */
export function wordList(list) {
  const options = Object.fromEntries(list.map(([text, color], index) => [index, { text, color, index }]));
  return [{ type: 'value', options }];
}

/** A choice at the top of the dashboard: the values of a label. */
export function choice(name, label, metric, ofLabel) {
  const text = `label_values(${metric}, ${ofLabel})`;
  return {
    name,
    label,
    type: 'query',
    datasource,
    definition: text,
    query: { qryType: 1, query: text, refId: 'choice' },
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
    refresh: 2,
    regex: '',
    sort: 1,
    hide: 0,
    options: [],
  };
}

/** The whole dashboard, ready to be written. */
export function dashboard({ name, title, description, choices, rows }) {
  return {
    uid: `tapewatch-${name}`,
    title,
    description,
    tags: ['tapewatch'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    time: { from: 'now-15m', to: 'now' },
    refresh: '5s',
    timepicker: { refresh_intervals: ['1s', '5s', '10s', '30s', '1m', '5m'] },
    timezone: 'browser',
    fiscalYearStartMonth: 0,
    weekStart: '',
    liveNow: false,
    annotations: {
      list: [
        {
          builtIn: 1,
          datasource: { type: 'grafana', uid: '-- Grafana --' },
          enable: true,
          hide: true,
          iconColor: 'rgba(0, 211, 255, 1)',
          name: 'Annotations & Alerts',
          type: 'dashboard',
        },
      ],
    },
    links: [
      {
        title: 'Tapewatch',
        type: 'dashboards',
        tags: ['tapewatch'],
        asDropdown: false,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Data source',
          type: 'datasource',
          query: 'prometheus',
          current: {},
          hide: 0,
          includeAll: false,
          multi: false,
          options: [],
          refresh: 1,
          regex: '',
        },
        ...choices,
      ],
    },
    panels: laidOut(rows),
  };
}

function panel(type, title, queries, options, defaults, overrides, display) {
  const { unit = 'short', decimals, min, max, mappings = [], thresholds, description } = options;
  return {
    type,
    title,
    ...(description === undefined ? {} : { description }),
    datasource,
    size: { w: options.width ?? 8, h: options.height ?? 8 },
    targets: queries.map((one, i) => ({ refId: refId(i), datasource, editorMode: 'code', ...one })),
    fieldConfig: {
      defaults: {
        ...defaults,
        unit,
        ...(decimals === undefined ? {} : { decimals }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        mappings,
        color: { mode: thresholds === undefined || type === 'timeseries' ? 'palette-classic' : 'thresholds' },
        thresholds: steps(thresholds ?? [[null, type === 'stat' ? 'text' : 'green']]),
      },
      overrides,
    },
    options: display,
  };
}

function override(pattern, id, value) {
  return { matcher: { id: 'byRegexp', options: pattern }, properties: [{ id, value }] };
}

/** From [[from, colour]]; the first one's `from` is null: from below. */
function steps(list) {
  return { mode: 'absolute', steps: list.map(([value, color]) => ({ value, color })) };
}

function refId(index) {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** From left to right, in lines as high as their highest panel. */
function laidOut(rows) {
  const panels = [];
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    panels.push({ type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y, w: gridWidth, h: 1 } });
    y += 1;
    let x = 0;
    let height = 0;
    for (const { size, ...rest } of inRow) {
      if (x + size.w > gridWidth) {
        y += height;
        x = 0;
        height = 0;
      }
      panels.push({ ...rest, gridPos: { x, y, ...size } });
      x += size.w;
      height = Math.max(height, size.h);
    }
    y += height;
  }
  return panels.map((one, i) => ({ id: i + 1, ...one }));
}
