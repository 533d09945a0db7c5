import { REQUEST_METRICS } from '../metrics/catalogue.ts';
import type { ThresholdVerdict } from '../metrics/judge-thresholds.ts';
import { MIN_SAMPLES, QUANTILES } from '../metrics/quantile.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import { worstLevel } from '../metrics/validity.ts';
import { repeatCommand } from '../model/repeat-command.ts';
import type { Run, RunState } from '../model/run.ts';
import { formatMs, formatNumber, formatRatio, formatUsd, formatValue, UNDEFINED } from './format.ts';
import { importedText, statisticsText } from './imported.ts';
import { describeLoad } from './text.ts';
import { checkText } from './verdict.ts';

export interface MarkdownInput {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: number;
  readonly targets: readonly TargetSummary[];
  /** Undefined without conditions. */
  readonly verdict: ThresholdVerdict | undefined;
  /** Undefined: what a comment on GitHub may hold. */
  readonly maxBytes?: number;
}

/** What a comment on GitHub may hold is 65,536 characters, a step summary 1 MiB: whatever fits the first fits both. */
export const MAX_COMMENT_BYTES = 65_000;

/** Worst first: what failed, then a line a target, then each target in detail as far as the limit goes; what is left out is counted. */
export function renderMarkdown(input: MarkdownInput): string {
  const { run, verdict } = input;
  const targets = input.targets.toSorted((a, b) => badnessOf(b, verdict) - badnessOf(a, verdict));
  const head = [
    `## ${headline(input)}`,
    '',
    ...(run.imported === undefined ? [] : [`**${cell(importedText(run.imported))}**`, '']),
    `\`${run.id}\` · ${input.state} after ${formatMs(input.durationMs)} · ${cell(describeLoad(run.plan))} · llm-bench ${run.version}`,
    '',
    '',
  ].join('\n');
  const foot = ['', 'Repeat:', '', fenced(repeatCommand(run)), ''].join('\n');
  const measured = [
    { lead: TARGETS_HEAD, items: targets.map(targetLine), what: 'targets' },
    ...targets.map((summary) => ({ lead: '', items: [targetSection(summary)], what: 'detail' })),
  ];
  const isForeign = (run.imported?.figures.length ?? 0) > 0;
  const sections = [...verdictSections(verdict), ...(isForeign ? importedSections(run) : measured)];
  return fit({ head, foot, sections, maxBytes: input.maxBytes ?? MAX_COMMENT_BYTES });
}

/** Part of a report that may be cut after any of its items. */
export interface MarkdownSection {
  readonly lead: string;
  readonly items: readonly string[];
  /** What its items are called where some are left out. */
  readonly what: string;
}

/** Puts sections between head and foot, in their order and as far as the limit allows, and says what was left out. */
export function fit({
  head,
  foot,
  sections,
  maxBytes,
}: {
  readonly head: string;
  readonly foot: string;
  readonly sections: readonly MarkdownSection[];
  readonly maxBytes: number;
}): string {
  // What may have to be said of what is left out.
  const reserve = 300;
  let left = maxBytes - reserve - Buffer.byteLength(head) - Buffer.byteLength(foot);
  const parts = [head];
  const omitted = new Map<string, number>();
  for (const { lead, items, what } of sections) {
    for (const [index, item] of items.entries()) {
      const piece = index === 0 ? lead + item : item;
      const size = Buffer.byteLength(piece);
      if (size > left) {
        omitted.set(what, (omitted.get(what) ?? 0) + items.length - index);
        // What comes later is less bad: nothing small is let in before it.
        left = 0;
        break;
      }
      parts.push(piece);
      left -= size;
    }
  }
  const missing = [...omitted].map(([what, count]) => `${count} ${what}`).join(', ');
  const said =
    missing === '' ? '' : `\n_Left out for length: ${missing}. The whole is in the JSON and HTML reports._\n`;
  return `${parts.join('')}${said}${foot}`;
}

function headline({ run, verdict, targets, state }: MarkdownInput): string {
  const completed = targets.reduce((sum, { requests }) => sum + requests.completed, 0);
  if ((run.imported?.figures.length ?? 0) > 0) return 'Imported result';
  if (completed === 0) return '❌ nothing could be measured';
  if (verdict?.isPassed === false) {
    const failed = verdict.checks.filter(({ status }) => status !== 'passed').length;
    return `❌ ${failed} of ${verdict.checks.length} conditions failed`;
  }
  if (targets.some(({ validity }) => worstLevel(validity) === 'invalid')) return '⚠️ measured, but not valid';
  if (state !== 'completed') return `⚠️ ${state}`;
  return verdict === undefined ? 'Benchmark' : `✅ all ${verdict.checks.length} conditions met`;
}

function verdictSections(verdict: ThresholdVerdict | undefined): readonly MarkdownSection[] {
  if (verdict === undefined) return [];
  const rank = { failed: 0, unknown: 1, passed: 2 } as const;
  const mark = { failed: '❌', unknown: '❔', passed: '✅' } as const;
  const checks = verdict.checks.toSorted((a, b) => rank[a.status] - rank[b.status]);
  const items = checks.map((check) => `- ${mark[check.status]} ${cell(checkText(check))}\n`);
  return [{ lead: '', items: [...items.slice(0, -1), `${items.at(-1)}\n`], what: 'conditions' }];
}

function importedSections({ imported }: Run): readonly MarkdownSection[] {
  const items = (imported?.figures ?? []).map((figure) => {
    const cells = [cell(figure.name), cell(figure.unit ?? ''), cell(statisticsText(figure)), figure.sameAs ?? ''];
    return `| ${cells.join(' | ')} |\n`;
  });
  return [{ lead: '| theirs | unit | statistics | ours |\n|---|---|---|---|\n', items, what: 'figures' }];
}

function badnessOf(summary: TargetSummary, verdict: ThresholdVerdict | undefined): number {
  const { target, validity, errorRate } = summary;
  const failed = (verdict?.checks ?? []).filter(
    (check) =>
      check.status !== 'passed' && check.target?.provider === target.provider && check.target.model === target.model,
  ).length;
  const level = { invalid: 2, note: 1, ok: 0 }[worstLevel(validity)];
  return (summary.requests.completed === 0 ? 1e6 : 0) + failed * 1_000 + level * 100 + (errorRate ?? 0) * 99;
}

const TARGETS_HEAD = [
  '| target | ok | failed | ttft p50 | ttft p95 | e2e p50 | e2e p95 | tokens/s | cost | ledger |',
  '|---|--:|--:|--:|--:|--:|--:|--:|--:|---|',
  '',
].join('\n');

function targetLine(summary: TargetSummary): string {
  const { target, requests, metrics, throughput, cost, validity } = summary;
  const cells = [
    cell(`${target.provider} · ${target.model}`),
    formatNumber(requests.completed),
    formatNumber(requests.failed),
    ...(['ttft', 'e2e'] as const).flatMap((id) => [formatMs(metrics[id]?.p50), formatMs(metrics[id]?.p95)]),
    formatNumber(throughput.outputTokensPerSecond),
    cost.usd === undefined ? UNDEFINED : formatUsd(cost.usd),
    { ok: 'valid', note: 'notes', invalid: '**INVALID**' }[worstLevel(validity)],
  ];
  return `| ${cells.join(' | ')} |\n`;
}

const DETAILED = ['ttft', 'ttfo', 'ttftScheduled', 'itl', 'tbt', 'tpot', 'e2e', 'e2eScheduled', 'timeToError'] as const;

function targetSection(summary: TargetSummary): string {
  const { target, requests, metrics, failures, failureExamples, validity } = summary;
  const rows = REQUEST_METRICS.filter(({ id }) => (DETAILED as readonly string[]).includes(id)).flatMap(
    ({ id, unit }) => {
      const values = metrics[id];
      if (values === undefined || values.n === 0) return [];
      const cells = QUANTILES.map((name) => {
        const text = formatValue(values[name], unit);
        return values.n < MIN_SAMPLES[name] ? `${text}\\*` : text;
      });
      return [`| ${id} | ${cells.join(' | ')} | ${formatNumber(values.n)} |`];
    },
  );
  const open = validity.filter(({ level }) => level !== 'ok');
  const kinds = Object.entries(failures).map(([kind, count]) => {
    const example = failureExamples[kind as keyof typeof failureExamples];
    return `- ${count} × ${kind}${example === undefined ? '' : `: ${cell(example)}`}`;
  });
  return [
    '',
    `<details><summary>${cell(`${target.provider} · ${target.model}`)}: ${requests.completed} completed, errors ${formatRatio(summary.errorRate)}</summary>`,
    '',
    ...(kinds.length === 0 ? [] : [...kinds, '']),
    ...(rows.length === 0 ? [] : [`| | ${QUANTILES.join(' | ')} | n |`, '|---|--:|--:|--:|--:|--:|', ...rows, '']),
    ...(rows.some((row) => row.includes('\\*')) ? ['\\* few samples for this quantile', ''] : []),
    ...open.map(
      ({ level, text, hint }) => `- **${level}** ${cell(text)}${hint === undefined ? '' : ` → ${cell(hint)}`}`,
    ),
    ...(open.length === 0 ? [] : ['']),
    '</details>',
    '',
  ].join('\n');
}

const MAX_CELL_CHARACTERS = 300;

/** Text of others as text: it can end no cell, open no tag, and name nobody. Cut where it is long. */
export function cell(text: string): string {
  const line = text.toWellFormed().replaceAll(/\s+/g, ' ').trim();
  const short = line.length > MAX_CELL_CHARACTERS ? `${line.slice(0, MAX_CELL_CHARACTERS).toWellFormed()}…` : line;
  return short.replaceAll(/[&<>|@`\\*_~[\]#!]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function fenced(text: string): string {
  return `\`\`\`sh\n${text.length > MAX_COMMAND ? `${text.slice(0, MAX_COMMAND)}…` : text}\n\`\`\``;
}

const MAX_COMMAND = 4_000;
