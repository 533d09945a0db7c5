import type { Distribution } from '../metrics/distribution.ts';
import type { PromptSummary } from '../metrics/prompt-summary.ts';
import { formatMs, formatNumber } from './format.ts';
import type { Style } from './style.ts';
import { type Row, renderTable } from './table.ts';

/** A line a named prompt with its means, and their average over all prompts. Empty when no prompt has a name. */
export function renderPrompts(prompts: readonly PromptSummary[], style: Style): readonly string[] {
  if (prompts.length === 0) return [];
  const head: Row = ['prompt (means)', 'ttft', 'e2e', 'tokens/s', 'in', 'out', 'total', 'ok', 'failed'];
  return [
    '',
    ...renderTable([
      head.map((text) => style.dim(text)),
      ...prompts.map(promptRow),
      ...(prompts.length > 1 ? [averageRow(prompts)] : []),
    ]),
  ];
}

/** Longer names are cut: the whole one is in JSON. */
const MAX_NAME_CHARS = 24;

function promptRow(prompt: PromptSummary): Row {
  const name = prompt.name.length > MAX_NAME_CHARS ? `${prompt.name.slice(0, MAX_NAME_CHARS - 1)}…` : prompt.name;
  return row(name, {
    ttft: prompt.ttft.mean,
    e2e: prompt.e2e.mean,
    speed: prompt.tokensPerSecond.mean,
    input: prompt.inputTokens.mean,
    output: prompt.outputTokens.mean,
    completed: prompt.completed,
    failed: prompt.failed,
  });
}

/** Each prompt counts alike, however often it was sent. */
function averageRow(prompts: readonly PromptSummary[]): Row {
  const average = (figure: (prompt: PromptSummary) => Distribution): number | undefined => {
    const means = prompts.map((prompt) => figure(prompt).mean).filter((mean) => mean !== undefined);
    return means.length === 0 ? undefined : means.reduce((sum, mean) => sum + mean, 0) / means.length;
  };
  return row('average', {
    ttft: average((prompt) => prompt.ttft),
    e2e: average((prompt) => prompt.e2e),
    speed: average((prompt) => prompt.tokensPerSecond),
    input: average((prompt) => prompt.inputTokens),
    output: average((prompt) => prompt.outputTokens),
    completed: prompts.reduce((sum, prompt) => sum + prompt.completed, 0),
    failed: prompts.reduce((sum, prompt) => sum + prompt.failed, 0),
  });
}

interface Figures {
  readonly ttft: number | undefined;
  readonly e2e: number | undefined;
  readonly speed: number | undefined;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly completed: number;
  readonly failed: number;
}

function row(name: string, { ttft, e2e, speed, input, output, completed, failed }: Figures): Row {
  const total = input === undefined || output === undefined ? undefined : input + output;
  return [
    name,
    formatMs(ttft),
    formatMs(e2e),
    ...[speed, input, output, total, completed, failed].map((value) => formatNumber(value)),
  ];
}
