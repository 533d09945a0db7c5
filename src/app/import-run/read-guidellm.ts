import { toIso } from '../../clock.ts';
import type { ImportedFigure } from '../../model/imported.ts';
import { type ForeignRun, factsOf, isRecord, type JsonRecord, numberOf, statisticsOf, textOf } from './foreign.ts';

/** Their ITL is one mean a request, as our `tpot`; their TPOT has the first token in it. */
const SAME_AS: Readonly<Record<string, string | undefined>> = { inter_token_latency_ms: 'tpot' };

export function isGuidellm(document: JsonRecord): boolean {
  const { benchmarks } = document;
  return Array.isArray(benchmarks) && benchmarks.some((one) => isRecord(one) && isRecord(one['metrics']));
}

/** Each benchmark of the file, a step of their sweep, is a run of its own. */
export function readGuidellm(document: JsonRecord): readonly ForeignRun[] {
  const list: readonly unknown[] = Array.isArray(document['benchmarks']) ? document['benchmarks'] : [];
  const metadata = isRecord(document['metadata']) ? document['metadata'] : {};
  const args = isRecord(document['args']) ? document['args'] : {};
  return list.filter(isRecord).map((benchmark) => readOne(benchmark, { metadata, args }));
}

function readOne(
  benchmark: JsonRecord,
  { metadata, args }: { readonly metadata: JsonRecord; readonly args: JsonRecord },
): ForeignRun {
  const metrics = isRecord(benchmark['metrics']) ? benchmark['metrics'] : {};
  const start = numberOf(benchmark['start_time']);
  const end = numberOf(benchmark['end_time']);
  const totals = isRecord(metrics['request_totals']) ? metrics['request_totals'] : {};
  const scheduler = isRecord(benchmark['scheduler']) ? benchmark['scheduler'] : {};
  return {
    tool: 'guidellm',
    toolVersion: textOf(metadata['guidellm_version']),
    model: textOf(args['model']) ?? textOf(benchmark['model']),
    url: textOf(args['target']),
    // Seconds since 1970.
    startedAtIso: start === undefined || start < 1e9 ? undefined : toIso(start * 1_000),
    durationMs: start === undefined || end === undefined ? undefined : (end - start) * 1_000,
    requests: numberOf(totals['total']),
    concurrency: undefined,
    figures: Object.entries(metrics).flatMap(([name, block]) => figuresOf(name, block)),
    facts: [
      ...factsOf(args, ['target', 'model', 'profile', 'rate', 'data', 'backend']),
      ...factsOf(scheduler, ['strategy']),
    ],
  };
}

/** `requests_per_second` has a block for each of `successful`, `errored`, `incomplete` and `total`. */
function figuresOf(name: string, block: unknown): readonly ImportedFigure[] {
  if (!isRecord(block)) return [];
  const unit = /_ms$/.test(name) ? 'ms' : name === 'request_latency' ? 's' : undefined;
  return ['successful', 'errored', 'total'].flatMap((part): readonly ImportedFigure[] => {
    const inner = block[part];
    if (!isRecord(inner)) return [];
    const statistics = statisticsOf(inner);
    if (Object.keys(statistics).length === 0 || statistics['count'] === 0) return [];
    const isSuccess = part === 'successful';
    return [
      { name: isSuccess ? name : `${name} (${part})`, unit, statistics, sameAs: isSuccess ? SAME_AS[name] : undefined },
    ];
  });
}
