import type { RequestRecord } from '../model/record.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import { e2eMs, ttftMs } from './latency.ts';
import { tokensPerSecond } from './speed.ts';
import { inputTokens, outputTokens } from './tokens.ts';

/** One named prompt over all its requests; the distributions are of completed ones. */
export interface PromptSummary {
  readonly name: string;
  readonly completed: number;
  readonly failed: number;
  readonly ttft: Distribution;
  readonly e2e: Distribution;
  readonly tokensPerSecond: Distribution;
  readonly inputTokens: Distribution;
  readonly outputTokens: Distribution;
}

export interface PromptTally {
  /** Takes measured records; those of unnamed prompts change nothing. */
  add(record: RequestRecord): void;
  /** In the order of the prompts in their source. */
  summarize(): readonly PromptSummary[];
}

const FIGURES = {
  ttft: ttftMs,
  e2e: e2eMs,
  tokensPerSecond,
  inputTokens: (record: RequestRecord) => inputTokens(record)?.tokens,
  outputTokens: (record: RequestRecord) => outputTokens(record)?.tokens,
} as const;

type Figure = keyof typeof FIGURES;

interface Gathered {
  readonly name: string;
  readonly samples: Readonly<Record<Figure, number[]>>;
  completed: number;
  failed: number;
  /** Least of all its records. */
  firstIndex: number;
}

export function createPromptTally(): PromptTally {
  const prompts = new Map<number | string, Gathered>();
  return {
    add(record) {
      if (record.promptName === undefined) return;
      // Made prompts are all different, and a tier of theirs is what is looked at.
      const key = record.asked?.contextTokens === undefined ? record.promptIndex : record.promptName;
      const prompt = prompts.get(key) ?? nothingOf(record.promptName);
      prompts.set(key, prompt);
      prompt.firstIndex = Math.min(prompt.firstIndex, record.promptIndex);
      if (record.outcome.kind === 'failed') prompt.failed++;
      if (record.outcome.kind !== 'completed') return;
      prompt.completed++;
      for (const figure of Object.keys(FIGURES) as Figure[]) {
        const value = FIGURES[figure](record);
        if (value !== undefined) prompt.samples[figure].push(value);
      }
    },
    summarize: () =>
      [...prompts]
        .sort(([, a], [, b]) => a.firstIndex - b.firstIndex)
        .map(([, { name, completed, failed, samples }]) => ({
          name,
          completed,
          failed,
          ttft: distributionOf(samples.ttft),
          e2e: distributionOf(samples.e2e),
          tokensPerSecond: distributionOf(samples.tokensPerSecond),
          inputTokens: distributionOf(samples.inputTokens),
          outputTokens: distributionOf(samples.outputTokens),
        })),
  };
}

function nothingOf(name: string): Gathered {
  return {
    name,
    completed: 0,
    failed: 0,
    firstIndex: Number.POSITIVE_INFINITY,
    samples: { ttft: [], e2e: [], tokensPerSecond: [], inputTokens: [], outputTokens: [] },
  };
}
