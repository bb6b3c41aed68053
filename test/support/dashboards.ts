import { readFile } from 'node:fs/promises';
import { inRepository } from './repository.js';

export const dashboardNames: readonly string[] = ['system', 'trading', 'pipeline'];

export interface DashboardQuery {
  readonly expr: string;
  /** With {{label}} for each label that it shows. */
  readonly legendFormat: string;
}

export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly DashboardQuery[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
}

/** What the tests read of Grafana's dashboard model. */
export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly DashboardPanel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export async function readDashboard(name: string): Promise<Dashboard> {
  const file = inRepository('otel-collector', 'grafana', 'dashboards', `${name}.json`);
  return JSON.parse(await readFile(file, 'utf8')) as Dashboard;
}

/** The expression with what Grafana puts in the place of its variables when everything is chosen. */
export function withEverythingChosen(expr: string): string {
  return expr.replaceAll('$__rate_interval', '4s').replaceAll(/\$\w+/g, '.*');
}
