import { type MetricUnit, REQUEST_METRICS, WINDOW_METRICS } from '../../metrics/catalogue.ts';
import { MIN_SAMPLES, QUANTILES } from '../../metrics/quantile.ts';
import type { TargetSummary } from '../../metrics/summary.ts';
import type { Run, RunState } from '../../model/run.ts';
import type { JsonValue } from '../../model/units.ts';
import { formatMs, formatNumber, formatRatio, formatUsd, formatValue, UNDEFINED } from '../format.ts';
import { escapeHtml, folded, table } from './markup.ts';

/** Quantiles with their intervals, a table a target. */
export function quantileTables(targets: readonly TargetSummary[]): string {
  return targets.map((summary) => `<h3>${nameOf(summary)}</h3>${quantileTable(summary)}${totals(summary)}`).join('');
}

function nameOf({ target }: TargetSummary): string {
  return `${escapeHtml(target.provider)} · ${escapeHtml(target.model)}`;
}

function quantileTable(summary: TargetSummary): string {
  const rows = [...REQUEST_METRICS, ...WINDOW_METRICS].flatMap(({ id, title, unit }) => {
    const values = summary.metrics[id];
    if (values === undefined || values.n === 0) return [];
    const intervals = summary.intervals[id];
    const cells = QUANTILES.map((name) => {
      const few = values.n < MIN_SAMPLES[name] ? '*' : '';
      const interval = name === 'p50' || name === 'p95' ? intervals?.[name] : undefined;
      const range =
        interval === undefined
          ? ''
          : `<br><small>${formatValue(interval.low, unit)} – ${formatValue(interval.high, unit)}</small>`;
      return `${formatValue(values[name], unit)}${few}${range}`;
    });
    const rest = [values.mean, values.min, values.max].map((value) => formatValue(value, unit));
    return [[`${escapeHtml(title)}${unitNote(unit)}`, ...cells, ...rest, formatNumber(values.n)]];
  });
  const caption = `${nameOf(summary)}: quantiles, with 95 % intervals of p50 and p95 where requests are independent; * rests on few samples`;
  return table({ caption, heads: ['metric', ...QUANTILES, 'mean', 'min', 'max', 'n'], rows });
}

function unitNote(unit: MetricUnit): string {
  return unit === 'tokens/s' || unit === 'requests/s' ? ` <small>${unit}</small>` : '';
}

function totals(summary: TargetSummary): string {
  const { throughput, fullThroughput, tokens, cost, requests } = summary;
  return facts([
    [
      'Requests',
      `${requests.completed} completed, ${requests.failed} failed, ${requests.cancelled} cancelled, ${requests.dropped} dropped, ${requests.retries} retries`,
    ],
    [
      'Throughput',
      `${formatNumber(throughput.requestsPerSecond)} requests/s, ${formatNumber(throughput.outputTokensPerSecond)} tokens/s over ${formatMs(summary.steadyWindowMs)} of steady load`,
    ],
    [
      'With ramp-down',
      `${formatNumber(fullThroughput.requestsPerSecond)} requests/s, ${formatNumber(fullThroughput.outputTokensPerSecond)} tokens/s`,
    ],
    [
      'Good',
      `${formatRatio(summary.goodRatio)}, ${formatNumber(summary.goodput)} requests/s; errors ${formatRatio(summary.errorRate)}`,
    ],
    ['Tokens', `${formatNumber(tokens.input)} in, ${formatNumber(tokens.output)} out (${tokens.source ?? UNDEFINED})`],
    [
      'Cost',
      cost.usd === undefined
        ? `${UNDEFINED} (no price known)`
        : `${cost.unknownRequests > 0 ? 'at least ' : ''}${formatUsd(cost.usd)}`,
    ],
  ]);
}

/** Named prompts by themselves; empty where none is named. */
export function promptTables(targets: readonly TargetSummary[]): string {
  const shown = targets.filter(({ prompts }) => prompts.length > 0);
  return shown
    .map(
      (summary) =>
        table({
          caption: nameOf(summary),
          heads: ['prompt', 'ok', 'failed', 'TTFT p50', 'TTFT p95', 'E2E p50', 'E2E p95', 'tokens/s p50', 'out p50'],
          rows: summary.prompts
            .slice(0, MAX_ROWS)
            .map((prompt) => [
              escapeHtml(prompt.name),
              formatNumber(prompt.completed),
              formatNumber(prompt.failed),
              formatMs(prompt.ttft.p50),
              formatMs(prompt.ttft.p95),
              formatMs(prompt.e2e.p50),
              formatMs(prompt.e2e.p95),
              formatNumber(prompt.tokensPerSecond.p50),
              formatNumber(prompt.outputTokens.p50),
            ]),
        }) +
        (summary.prompts.length > MAX_ROWS
          ? `<p class="meta">The first ${MAX_ROWS} of ${summary.prompts.length} prompts.</p>`
          : ''),
    )
    .join('');
}

const MAX_ROWS = 200;

/** Failures by kind; empty where nothing failed. */
export function failureTable(targets: readonly TargetSummary[]): string {
  const rows = targets.flatMap((summary) =>
    Object.entries(summary.failures).map(([kind, count]) => [
      escapeHtml(kind),
      nameOf(summary),
      formatNumber(count),
      escapeHtml(summary.failureExamples[kind as keyof typeof summary.failureExamples] ?? ''),
    ]),
  );
  if (rows.length === 0) return '';
  return table({
    caption: 'By kind, with the first message of each',
    heads: ['kind', 'target', 'count', 'example'],
    rows,
  });
}

/** Every line of every ledger, the worst first. */
export function ledger(targets: readonly TargetSummary[]): string {
  return targets
    .map((summary) => {
      const entries = summary.validity.toSorted((a, b) => RANK[a.level] - RANK[b.level]);
      const items = entries.map(({ level, text, hint }) => {
        const next = hint === undefined ? '' : `<div class="hint">→ ${escapeHtml(hint)}</div>`;
        return `<li class="${level}"><strong class="${TONE[level]}">${level}</strong> ${escapeHtml(text)}${next}</li>`;
      });
      const name = targets.length === 1 ? '' : `<h3>${nameOf(summary)}</h3>`;
      return `${name}<ul class="ledger">${items.join('')}</ul>`;
    })
    .join('');
}

const RANK = { invalid: 0, note: 1, ok: 2 } as const;
const TONE = { invalid: 'bad', note: 'caution', ok: 'good' } as const;

/** What was asked for. */
export function planFacts({ plan }: Run): string {
  const known = facts([
    ['Prompts', `${plan.workload.items} from ${plan.workload.source}, sha256 ${plan.workload.sha256.slice(0, 16)}…`],
    ['Streamed', plan.isStreamed ? 'yes' : 'no'],
    ['Objectives', plan.objectives.map(({ metric, max }) => `${metric} ≤ ${formatMs(max)}`).join(', ') || 'none'],
    [
      'Targets',
      plan.targets.map(({ provider, model, url, dialect }) => `${provider} ${model} at ${url} (${dialect})`).join('; '),
    ],
  ]);
  return `${known}${folded('The whole plan as JSON', `<pre><code>${escapeHtml(JSON.stringify(plan as unknown as JsonValue, undefined, 2))}</code></pre>`)}`;
}

/** Where and with what it was measured. */
export function manifest({
  run,
  state,
  durationMs,
}: {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: number;
}): string {
  const { environment } = run;
  return facts([
    ['Run', `${run.id}, ${state}, ${formatNumber(durationMs)} ms`],
    ['Started', run.startedAtIso],
    ['llm-bench', `${run.version}, metrics version ${run.metricsVersion}`],
    ['Node', `${environment.node} on ${environment.platform} ${environment.arch}`],
    [
      'Machine',
      `${environment.cpuModel}, ${environment.cpuCount} cores, ${formatNumber(Math.round(environment.memoryBytes / 1e6))} MB`,
    ],
    ['HTTP client', environment.transport],
  ]);
}

/** Names with their values; values are plain text. */
export function facts(list: readonly (readonly [string, string])[]): string {
  return `<dl class="facts">${list.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}
