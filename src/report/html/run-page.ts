import type { ThresholdVerdict } from '../../metrics/judge-thresholds.ts';
import type { TargetSummary } from '../../metrics/summary.ts';
import { worstLevel } from '../../metrics/validity.ts';
import type { ImportOrigin } from '../../model/imported.ts';
import { repeatCommand } from '../../model/repeat-command.ts';
import type { Run, RunState, TargetProgress } from '../../model/run.ts';
import { formatMs, formatNumber, formatRatio, formatUsd, UNDEFINED } from '../format.ts';
import { importedText, statisticsText, THEIR_FIGURES } from '../imported.ts';
import { describeLoad } from '../text.ts';
import { checkText } from '../verdict.ts';
import { distributionSection, type PicturedTarget, timeSection } from './charts.ts';
import { COLOURS, type RunPictures } from './gather.ts';
import { escapeHtml, table } from './markup.ts';
import { renderPage, type Section } from './page.ts';
import { facts, failureTable, ledger, manifest, planFacts, promptTables, quantileTables } from './run-tables.ts';
import { waterfallFigure } from './waterfall.ts';

export interface RunPageInput {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: number;
  readonly targets: readonly TargetSummary[];
  readonly progress: readonly TargetProgress[];
  /** Undefined without conditions. */
  readonly verdict: ThresholdVerdict | undefined;
  readonly pictures: RunPictures;
}

/** One run as a page: how its samples are spread, how it went, then figures, doubts, plan, and the command that repeats it. */
export function renderRunPage(input: RunPageInput): string {
  const { imported } = input.run;
  if (imported !== undefined && imported.figures.length > 0) return renderImportedPage(input.run, imported);
  const { run, targets, pictures } = input;
  const pictured = toPictured(input, ({ target }) => `${target.provider} · ${target.model}`);
  const sections: readonly Section[] = [
    { id: 'targets', title: 'At a glance', content: cards(targets) },
    { id: 'conditions', title: 'Conditions', content: conditions(input.verdict) },
    { id: 'distribution', title: 'Distribution', content: distributionSection(pictured) },
    { id: 'time', title: 'Over time', content: timeSection(pictured, pictures.endMs) },
    { id: 'requests', title: 'Requests', content: waterfallFigure(pictures.rows, pictures.requests) },
    { id: 'figures', title: 'Figures', content: quantileTables(targets) },
    { id: 'prompts', title: 'Prompts', content: promptTables(targets) },
    { id: 'failures', title: 'Failures', content: failureTable(targets) },
    { id: 'ledger', title: 'Ledger', content: ledger(targets) },
    { id: 'plan', title: 'Plan and manifest', content: `${planFacts(run)}${manifest(input)}` },
    { id: 'repeat', title: 'Repeat it', content: `<pre><code>${escapeHtml(repeatCommand(run))}</code></pre>` },
  ];
  return renderPage({
    title: `Run ${run.id}`,
    badge: stateBadge(input),
    subtitle: `<p class="meta">${escapeHtml(describeLoad(run.plan))}</p><p class="meta"><time datetime="${escapeHtml(run.startedAtIso)}">${escapeHtml(run.startedAtIso.slice(0, 19).replace('T', ' '))} UTC</time> · took ${formatMs(input.durationMs)} · seed ${run.plan.seed} · llm-bench ${escapeHtml(run.version)}</p>`,
    sections,
    version: run.version,
  });
}

/** The series of a run by their names and colours. */
export function toPictured(
  { targets, progress, pictures }: Pick<RunPageInput, 'targets' | 'progress' | 'pictures'>,
  nameOf: (summary: TargetSummary) => string,
): readonly PicturedTarget[] {
  return targets.flatMap((summary, index) => {
    const picture = pictures.targets[index];
    if (picture === undefined) return [];
    const { measureStartAtMs: startMs, measureEndAtMs: endMs } =
      progress.find((one) => one.targetIndex === index) ?? {};
    const steady = startMs === undefined || endMs === undefined ? undefined : { startMs, endMs };
    return [{ name: nameOf(summary), colour: index % COLOURS, summary, picture, steady }];
  });
}

function stateBadge({ run, state, targets, verdict }: RunPageInput): string {
  const badges = [
    state === 'completed' ? ['good', 'completed'] : ['caution', state],
    ...(run.imported === undefined ? [] : [['caution', importedText(run.imported)]]),
    ...(targets.some(({ validity }) => worstLevel(validity) === 'invalid') ? [['bad', 'not valid']] : []),
    ...(verdict === undefined ? [] : [verdict.isPassed ? ['good', 'conditions met'] : ['bad', 'conditions failed']]),
  ];
  return badges.map(([tone, text]) => `<span class="badge ${tone}">${escapeHtml(text ?? '')}</span>`).join(' ');
}

function conditions(verdict: ThresholdVerdict | undefined): string {
  if (verdict === undefined) return '';
  const items = verdict.checks.map((check) => {
    const level = check.status === 'passed' ? 'ok' : 'invalid';
    const tone = check.status === 'passed' ? 'good' : 'bad';
    return `<li class="${level}"><strong class="${tone}">${check.status}</strong> ${escapeHtml(checkText(check))}</li>`;
  });
  return `<ul class="ledger">${items.join('')}</ul>`;
}

/** A result of another tool: nothing of ours was measured, so nothing of ours is shown. */
function renderImportedPage(run: Run, imported: ImportOrigin): string {
  return renderPage({
    title: `Run ${run.id}`,
    badge: `<span class="badge caution">${escapeHtml(importedText(imported))}</span>`,
    subtitle: `<p class="meta">${escapeHtml(run.startedAtIso.slice(0, 19).replace('T', ' '))} UTC · taken in on ${escapeHtml(imported.importedAtIso.slice(0, 10))}</p>`,
    sections: [{ id: 'imported', title: 'Their figures', content: theirFigures(imported) }],
    version: run.version,
  });
}

function theirFigures(imported: ImportOrigin): string {
  const rows = imported.figures.map((figure) => [
    escapeHtml(figure.name),
    escapeHtml(figure.unit ?? ''),
    escapeHtml(statisticsText(figure)),
    escapeHtml(figure.sameAs ?? ''),
  ]);
  return `${facts(imported.facts.map(({ name, value }) => [name, value]))}${table({
    caption: THEIR_FIGURES,
    heads: ['theirs', 'unit', 'statistics', 'ours'],
    rows,
  })}`;
}

/** What of a target one wants to know first. */
function cards(targets: readonly TargetSummary[]): string {
  return `<div class="cards">${targets.map((summary, index) => card(summary, index % COLOURS)).join('')}</div>`;
}

function card(summary: TargetSummary, colour: number): string {
  const { target, metrics, throughput, cost, requests } = summary;
  const pair = (id: string): string => `${formatMs(metrics[id]?.p50)}<small>p95 ${formatMs(metrics[id]?.p95)}</small>`;
  const facts: readonly (readonly [string, string])[] = [
    ['TTFT p50', pair('ttft')],
    ['ITL p50', pair('itl')],
    ['E2E p50', pair('e2e')],
    [
      'Tokens/s',
      `${formatNumber(throughput.outputTokensPerSecond)}<small>${formatNumber(throughput.requestsPerSecond)} requests/s</small>`,
    ],
    [
      'Errors',
      `${formatRatio(summary.errorRate)}<small>${formatNumber(requests.completed)} ok, ${formatNumber(requests.failed)} failed</small>`,
    ],
    [
      'Cost',
      `${cost.usd === undefined ? UNDEFINED : formatUsd(cost.usd)}<small>${cost.usd === undefined ? 'no price known' : cost.unknownRequests > 0 ? 'at least' : 'all requests'}</small>`,
    ],
  ];
  const list = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('');
  const swatch = `<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><circle class="fill c${colour}" cx="5" cy="5" r="5"/></svg>`;
  return `<div class="card"><h3>${swatch}<span>${escapeHtml(target.provider)} · ${escapeHtml(target.model)}</span></h3><p class="meta">${trust(summary)}</p><dl>${list}</dl></div>`;
}

function trust({ validity }: TargetSummary): string {
  const level = worstLevel(validity);
  if (level === 'invalid') return '<span class="badge bad">invalid</span> do not use these numbers, see the ledger';
  if (level === 'note') return '<span class="badge caution">valid, with notes</span> see the ledger';
  return '<span class="badge good">valid</span>';
}
