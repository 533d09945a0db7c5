import { type ForeignRun, factsOf, isRecord, type JsonRecord, numberOf, statisticsOf, textOf } from './foreign.ts';

/**
 * Their inter-token latency is one mean a request, as our `tpot`, and their inter-chunk latency every gap, as our `tbt`. Nothing else
 * has been shown to mean exactly the same.
 */
const SAME_AS: Readonly<Record<string, string | undefined>> = {
  inter_token_latency: 'tpot',
  inter_chunk_latency: 'tbt',
};

export function isAiperf(document: JsonRecord): boolean {
  return isRecord(document['request_latency']) && isRecord(document['request_throughput']);
}

/** `profile_export_aiperf.json`, and GenAI-Perf's file of the same shape. */
export function readAiperf(document: JsonRecord): ForeignRun {
  const config = isRecord(document['input_config']) ? document['input_config'] : {};
  const endpoint = isRecord(config['endpoint']) ? config['endpoint'] : {};
  const loadgen = isRecord(config['loadgen']) ? config['loadgen'] : {};
  const [model] = Array.isArray(endpoint['model_names']) ? endpoint['model_names'] : [document['model']];
  const value = (name: string): number | undefined => {
    const block = document[name];
    return isRecord(block) ? numberOf(block['avg']) : undefined;
  };
  const seconds = value('benchmark_duration');
  return {
    tool: 'aiperf',
    toolVersion: textOf(document['aiperf_version']),
    model: textOf(model),
    url: textOf(endpoint['url']),
    startedAtIso: textOf(document['start_time']),
    durationMs: seconds === undefined ? undefined : seconds * 1_000,
    requests: value('request_count'),
    concurrency: numberOf(loadgen['concurrency']),
    figures: Object.entries(document).flatMap(([name, block]) => {
      if (!isRecord(block)) return [];
      const unit = textOf(block['unit']);
      const statistics = statisticsOf(block);
      if (statistics['avg'] === undefined && unit === undefined) return [];
      return [{ name, unit, statistics, sameAs: SAME_AS[name] }];
    }),
    facts: [
      ...factsOf(document, ['schema_version', 'aiperf_version', 'benchmark_id', 'was_cancelled']),
      ...factsOf(loadgen, ['concurrency', 'request_rate', 'request_count', 'arrival_pattern']),
      ...factsOf(endpoint, ['type', 'streaming']),
    ],
  };
}
