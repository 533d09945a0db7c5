import type { ImportedFigure } from '../../model/imported.ts';
import { type ForeignRun, factsOf, type JsonRecord, numberOf, textOf } from './foreign.ts';

/** `mean_ttft_ms`, `p99_tpot_ms`. */
const FIGURE = /^(mean|median|std|p\d+(?:\.\d+)?)_(\w+?)_(ms|s)$/;

/** Rates and sums over the whole run, drain included, which none of ours is. */
const WHOLE: Readonly<Record<string, string | undefined>> = {
  request_throughput: 'requests/s',
  request_goodput: 'requests/s',
  output_throughput: 'tokens/s',
  total_token_throughput: 'tokens/s',
  max_output_tokens_per_s: 'tokens/s',
  max_concurrent_requests: 'requests',
  completed: 'requests',
  failed: 'requests',
  total_input_tokens: 'tokens',
  total_output_tokens: 'tokens',
};

/**
 * Their ITL is every gap between chunks, as our `tbt`. Their TTFT counts an empty first chunk, and TPOT and E2EL end with the last
 * chunk of any kind: no metric of ours means that.
 */
const SAME_AS: Readonly<Record<string, string | undefined>> = { itl: 'tbt' };

export function isVllm(document: JsonRecord): boolean {
  return numberOf(document['mean_ttft_ms']) !== undefined && numberOf(document['request_throughput']) !== undefined;
}

/** What `vllm bench serve --save-result` writes. */
export function readVllm(document: JsonRecord): ForeignRun {
  const seconds = numberOf(document['duration']);
  return {
    tool: 'vllm',
    toolVersion: textOf(document['vllm_version']),
    model: textOf(document['model_id']),
    url: textOf(document['base_url']),
    startedAtIso: dateOf(textOf(document['date'])),
    durationMs: seconds === undefined ? undefined : seconds * 1_000,
    requests: numberOf(document['num_prompts']) ?? numberOf(document['completed']),
    concurrency: numberOf(document['max_concurrency']),
    figures: figuresOf(document),
    facts: factsOf(document, [
      'backend',
      'endpoint_type',
      'label',
      'model_id',
      'tokenizer_id',
      'num_prompts',
      'request_rate',
      'burstiness',
      'max_concurrency',
      'duration',
    ]),
  };
}

/** `20260131-104500`, in the time of the machine that measured, which the file does not tell: taken for UTC. */
function dateOf(text: string | undefined): string | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(text ?? '') ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}

function figuresOf(document: JsonRecord): readonly ImportedFigure[] {
  const byName = new Map<string, { unit: string; statistics: Record<string, number> }>();
  for (const [key, value] of Object.entries(document)) {
    const number = numberOf(value);
    const [, statistic = '', name = '', unit = ''] = FIGURE.exec(key) ?? [];
    if (number === undefined || name === '') continue;
    const figure = byName.get(name) ?? { unit, statistics: {} };
    byName.set(name, figure);
    figure.statistics[statistic] = number;
  }
  const whole = Object.entries(WHOLE).flatMap(([name, unit]): readonly ImportedFigure[] => {
    const value = numberOf(document[name]);
    return value === undefined ? [] : [{ name, unit, statistics: { value }, sameAs: undefined }];
  });
  return [...[...byName].map(([name, figure]) => ({ name, ...figure, sameAs: SAME_AS[name] })), ...whole];
}
