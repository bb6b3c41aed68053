import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse, selectorsOf } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import { dashboardNames as names, readDashboard, withEverythingChosen, type Dashboard } from '../support/dashboards.js';
import { documentedMetrics, faultLabels } from '../support/documented-metrics.js';
import { inRepository } from '../support/repository.js';

const expressionsOf = ({ panels }: Dashboard): readonly string[] =>
  panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

describe('the dashboards', () => {
  it('are what their descriptions say (node scripts/dashboards.mjs writes them)', async () => {
    await promisify(execFile)(process.execPath, [inRepository('scripts/dashboards.mjs'), '--check']);
  });

  it.each(names)('%s asks for metrics and labels that there are, in PromQL', async (name) => {
    const documented = new Map(
      (await documentedMetrics()).flatMap(({ prometheusName, type, labels }) => {
        const own = new Set([...labels, ...faultLabels, 'job', 'instance', 'le']);
        const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
        return suffixes.map((suffix) => [`${prometheusName}${suffix}`, own] as const);
      }),
    );
    const model = await readDashboard(name);
    const choices = model.templating.list.map(({ definition = '' }) =>
      /^label_values\((.*), (\w+)\)$/.exec(definition),
    );
    const queries = [
      ...expressionsOf(model),
      ...choices.flatMap((match) => (match?.[1] === undefined ? [] : [match[1]])),
    ];
    expect(queries.length).toBeGreaterThan(20);
    for (const query of queries) {
      const selectors = selectorsOf(parse(withEverythingChosen(query)));
      expect(selectors.length, query).toBeGreaterThan(0);
      for (const { matchers } of selectors) {
        const metric = matchers.find(({ name: label }) => label === '__name__')?.value ?? '';
        expect(documented.has(metric), `${metric} in ${query}`).toBe(true);
        for (const { name: label } of matchers)
          if (label !== '__name__') expect([...(documented.get(metric) ?? [])], query).toContain(label);
      }
    }
  });

  it.each(names)('%s has choices for all that its queries leave open', async (name) => {
    const model = await readDashboard(name);
    const known = new Set(model.templating.list.map((choice) => choice.name));
    const asked = new Set([...JSON.stringify(model).matchAll(/\$\{?(\w+)/g)].map(([, variable = '']) => variable));
    for (const variable of asked) if (!variable.startsWith('__')) expect(known).toContain(variable);
  });

  it.each(names)('%s has a title, a unit, an id and a place of its own for every panel', async (name) => {
    const { uid, panels } = await readDashboard(name);
    expect(uid).toBe(`tapewatch-${name}`);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { type, title, gridPos, targets = [], fieldConfig } of panels) {
      expect(title).not.toBe('');
      if (type !== 'row')
        expect([targets.length > 0, fieldConfig?.defaults.unit], title).toEqual([true, expect.any(String)]);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), `${title} lies over another`).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });
});
