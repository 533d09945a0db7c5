import { formatDecimals, formatNumber } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** What was found at one address. */
export interface DiscoveryReport {
  readonly provider: string | undefined;
  readonly url: string;
  readonly discovery:
    | { readonly kind: 'found'; readonly finding: FindingReport }
    | { readonly kind: 'unknown'; readonly attempts: readonly AttemptReport[] }
    | { readonly kind: 'unreachable'; readonly message: string };
}

interface FindingReport {
  readonly server: string | undefined;
  readonly speaks: readonly { readonly dialect: string; readonly url: string }[];
  readonly key: 'not-needed' | 'accepted' | 'needed' | 'refused';
  readonly models: readonly ModelReport[] | undefined;
}

interface AttemptReport {
  readonly url: string;
  readonly status: number | undefined;
  readonly says: string;
}

interface ModelReport {
  readonly id: string;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly inputUsd: number | undefined;
  readonly outputUsd: number | undefined;
}

const KEYS = {
  'not-needed': 'no key needed',
  accepted: 'the key is accepted',
  needed: 'a key is needed',
  refused: 'the key is refused',
};

/** What speaks there, how to measure it, and its models. */
export function renderDiscovery({ provider, url, discovery }: DiscoveryReport, style: Style): string {
  const title = style.title(provider === undefined ? url : `${provider}  ${url}`);
  if (discovery.kind === 'unreachable') return `${title}\n  ${style.bad('no answer')}: ${discovery.message}`;
  if (discovery.kind === 'unknown') {
    const tried = discovery.attempts.map(({ url: page, status, says }) => [`  ${page}`, String(status ?? '—'), says]);
    return [title, `  ${style.bad('nothing known speaks here')}; asked for:`, ...renderTable(tried, 3)].join('\n');
  }
  const { server, speaks, key, models } = discovery.finding;
  const facts = [...(server === undefined ? [] : [server]), KEYS[key]].join(' · ');
  const ways = speaks.map(({ dialect, url: place }) => [`  ${dialect}`, `--endpoint ${place}`]);
  return [title, `  ${facts}`, ...renderTable(ways, 2), ...modelLines(models, style)].join('\n');
}

function modelLines(models: readonly ModelReport[] | undefined, style: Style): readonly string[] {
  if (models === undefined) return ['  its models are not told'];
  if (models.length === 0) return ['  it has no models'];
  const columns = COLUMNS.filter(({ cell }) => models.some((model) => cell(model) !== undefined));
  const head = ['  model', ...columns.map(({ name }) => name)].map((text) => style.dim(text));
  const rows = models.map((model) => [`  ${model.id}`, ...columns.map(({ cell }) => cell(model) ?? '—')]);
  return renderTable([head, ...rows]);
}

interface Column {
  readonly name: string;
  readonly cell: (model: ModelReport) => string | undefined;
}

/** Only those that a server says anything in. */
const COLUMNS: readonly Column[] = [
  { name: 'context', cell: ({ contextWindow }) => count(contextWindow) },
  { name: 'output', cell: ({ maxOutputTokens }) => count(maxOutputTokens) },
  { name: '$/M input', cell: ({ inputUsd }) => usd(inputUsd) },
  { name: '$/M output', cell: ({ outputUsd }) => usd(outputUsd) },
];

function count(value: number | undefined): string | undefined {
  return value === undefined ? undefined : formatNumber(value);
}

function usd(value: number | undefined): string | undefined {
  return value === undefined ? undefined : formatDecimals(value, 2);
}
