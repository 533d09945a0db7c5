import { formatMs, formatNumber, UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** What came of one tiny call. */
export interface TrialRow {
  readonly provider: string;
  readonly model: string;
  readonly outcome:
    | {
        readonly kind: 'ok';
        readonly ttftMs: number | undefined;
        readonly e2eMs: number | undefined;
        readonly outputTokens: number | undefined;
      }
    | { readonly kind: 'failed'; readonly failure: string; readonly message: string };
}

/** A line a model; what is wrong with those that failed stands below, for it may be long. */
export function renderProviderTrials(trials: readonly TrialRow[], style: Style): string {
  const head = ['provider', 'model', 'status', 'ttft', 'e2e', 'tokens'].map((text) => style.dim(text));
  const rows = trials.map(({ provider, model, outcome }) =>
    outcome.kind === 'ok'
      ? [
          provider,
          model,
          style.good('ok'),
          ...[outcome.ttftMs, outcome.e2eMs].map(formatMs),
          formatNumber(outcome.outputTokens),
        ]
      : [provider, model, style.bad('failed'), UNDEFINED, UNDEFINED, UNDEFINED],
  );
  const failures = trials.flatMap(({ provider, model, outcome }) =>
    outcome.kind === 'failed' ? [`${provider} ${model}: ${style.bad(outcome.failure)}: ${outcome.message}`] : [],
  );
  const passed = trials.length - failures.length;
  return [...renderTable([head, ...rows], 3), ...failures, `${passed} of ${trials.length} ok`].join('\n');
}
