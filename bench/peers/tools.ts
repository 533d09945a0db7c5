// How each tool is asked for the same load, and where it writes what it found.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Load {
  /** With the port, without a path. */
  readonly url: string;
  readonly concurrency: number;
  readonly requests: number;
  readonly tokens: number;
  readonly isStreamed: boolean;
}

/** Medians and p99 as the tool reports them, in milliseconds. */
export interface Told {
  readonly ttftP50Ms: number;
  readonly ttftP99Ms: number;
}

export interface Tool {
  readonly name: string;
  /** Undefined: it has no such mode. */
  command(load: Load, folder: string, venvs: string): readonly [program: string, ...args: string[]] | undefined;
  /** Undefined where it says nothing of it. */
  read(folder: string, output: string): Told | undefined;
}

const LAUNCHER = fileURLToPath(new URL('../../bin/llm-bench.js', import.meta.url));

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

const LLM_BENCH: Tool = {
  name: 'llm-bench',
  command: ({ url, concurrency, requests, isStreamed }, folder) => [
    process.execPath,
    ...[LAUNCHER, 'run', '--endpoint', `${url}/v1`, '--model', 'm', '--dialect', 'openai-chat', '--cache', 'natural'],
    ...['--prompt', 'Say hello.', '--num-requests', String(requests), '--concurrency', String(concurrency)],
    ...['--workers', '1', '--db', join(folder, 'run.duckdb'), '--output', 'json', '--no-progress'],
    ...(isStreamed ? [] : ['--no-stream']),
  ],
  read: (_folder, output) => {
    const { targets } = JSON.parse(output) as { targets: { metrics: { ttft?: { p50: number; p99: number } } }[] };
    const ttft = targets[0]?.metrics.ttft;
    return ttft && { ttftP50Ms: ttft.p50, ttftP99Ms: ttft.p99 };
  },
};

const AIPERF: Tool = {
  name: 'AIPerf 0.13.0',
  command: ({ url, concurrency, requests, tokens, isStreamed }, folder, venvs) => [
    join(venvs, 'aiperf/bin/aiperf'),
    ...['profile', '--model', 'm', '--url', url, '--endpoint-type', 'chat', ...(isStreamed ? ['--streaming'] : [])],
    ...['--tokenizer', join(venvs, 'tokenizer'), '--concurrency', String(concurrency)],
    ...['--request-count', String(requests), '--isl', '8', '--osl', String(tokens)],
    ...['--ui', 'none', '--artifact-dir', folder],
  ],
  read: (folder) => {
    const { time_to_first_token: ttft } = readJson(join(folder, 'profile_export_aiperf.json')) as {
      time_to_first_token?: { p50: number; p99: number };
    };
    return ttft && { ttftP50Ms: ttft.p50, ttftP99Ms: ttft.p99 };
  },
};

const GUIDELLM: Tool = {
  name: 'guidellm 0.8.1',
  command: ({ url, concurrency, requests, isStreamed }, folder, venvs) => [
    join(venvs, 'guidellm/bin/guidellm'),
    ...['run', '--backend', `kind=openai_http,target=${url},model=m,stream=${isStreamed}`],
    ...['--profile', `kind=concurrent,streams=${concurrency}`, '--constraint', `kind=max_requests,count=${requests}`],
    ...['--tokenizer', `kind=huggingface_auto,model=${join(venvs, 'tokenizer')}`],
    ...['--data', `kind=json_file,path=${join(folder, 'prompts.jsonl')}`],
    ...['--output', `kind=json,path=${join(folder, 'guidellm.json')}`, '--disable-console'],
  ],
  read: (folder) => {
    const { benchmarks } = readJson(join(folder, 'guidellm.json')) as {
      benchmarks: {
        metrics: { time_to_first_token_ms: { successful?: { percentiles: { p50: number; p99: number } } } };
      }[];
    };
    const ttft = benchmarks[0]?.metrics.time_to_first_token_ms.successful?.percentiles;
    return ttft && { ttftP50Ms: ttft.p50, ttftP99Ms: ttft.p99 };
  },
};

const VLLM: Tool = {
  name: 'vLLM bench serve 0.33.0',
  command: ({ url, concurrency, requests, tokens, isStreamed }, folder, venvs) =>
    isStreamed
      ? [
          join(venvs, 'vllm/bin/vllm'),
          ...['bench', 'serve', '--backend', 'openai-chat', '--base-url', url, '--endpoint', '/v1/chat/completions'],
          ...['--model', 'm', '--tokenizer', join(venvs, 'tokenizer'), '--dataset-name', 'random'],
          ...['--random-input-len', '8', '--random-output-len', String(tokens), '--num-prompts', String(requests)],
          ...['--max-concurrency', String(concurrency)],
          ...['--save-result', '--result-filename', join(folder, 'vllm.json')],
        ]
      : undefined,
  read: (folder) => {
    const { median_ttft_ms: p50, p99_ttft_ms: p99 } = readJson(join(folder, 'vllm.json')) as {
      median_ttft_ms: number;
      p99_ttft_ms: number;
    };
    return { ttftP50Ms: p50, ttftP99Ms: p99 };
  },
};

export const TOOLS: readonly Tool[] = [LLM_BENCH, AIPERF, GUIDELLM, VLLM];
