import { type Command, Option } from 'commander';
import { CACHE_MODES } from '../../model/workload.ts';
import { collect } from './declare.ts';

/** Flags that say what is sent, how much of it, and at what pace. */
export function addPlanOptions(command: Command): Command {
  return command
    .optionsGroup('Prompts:')
    .option('--prompt <text>', 'a prompt; repeatable', collect)
    .option('--prompt-file <file>', 'prompts from .txt (a line each), .jsonl or .yaml')
    .option('--synthetic <lengths>', "prompts made to a length in tokens: 'in=1024±128,out=256'")
    .option('--dataset <file>', 'prompts from ShareGPT conversations (.json), or of objects a line (.jsonl)')
    .option('--trace <file>', 'arrivals that happened: Mooncake (.jsonl), BurstGPT (.csv) or our own .jsonl')
    .option('--prefix-share <share:n>', 'that share of made prompts is one of n prefixes (0.5:4)')
    .option('--context-tiers <tokens>', 'filler before the prompts, each size in turn (0,1k,10k,50k)')
    .option('--turns <n>', 'conversations of n turns that grow with the live answers')
    .option('--think-time <time>', 'between an answer and the next turn (default 0)')
    .addOption(
      new Option(
        '--output-length <rule>',
        'limit: up to --max-tokens or what the prompts say (default); exact: not a token less, where the server can',
      ).choices(['limit', 'exact']),
    )
    .option('--http2', 'HTTP/2, over TLS by ALPN and else by prior knowledge (default HTTP/1.1)')
    .option('--no-stream', 'ask for whole answers: ttft and token gaps are then undefined')
    .addOption(
      new Option(
        '--cache <mode>',
        'what prompts may find in the prompt cache: cold (a unique prefix each; default for loads), warm (sent before measuring), natural',
      ).choices([...CACHE_MODES]),
    )
    .option('--randomize-prompt', 'the same as --cache cold')
    .optionsGroup('How much:')
    .option('--runs <n>', 'send each prompt n times (default 1; 10 requests for --prompt)')
    .option('-n, --num-requests <n>', 'requests per target, going round the prompts')
    .option('--duration <time>', 'measure for so long (60s, 5m)')
    .option('--warmup <n|time>', 'before measuring: requests per target (20), or a time (10s) (default 1)')
    .option('--cooldown <time>', 'keep the load up for so long after measuring')
    .optionsGroup('Load, closed loop:')
    .option('--prompt-concurrency, --concurrency <n>', 'requests in flight per target (default 1)')
    .option('--request-delay <time>', 'pause between an answer and the next request (default 0)')
    .optionsGroup('Load, open loop:')
    .option('--rps, --rate <n>', 'arrivals per second and target; waits for no answer')
    .option('--arrival <law>', 'gaps: constant, poisson, gamma:CV, burst:N (groups) (default constant)')
    .option('--max-in-flight <n>', 'drop arrivals above this many in flight, and count them')
    .option('--speed <factor>', 'replay a trace so many times as fast (default 1)')
    .optionsGroup('Load that changes:')
    .option('--ramp <from..to/time>', 'rate (0..200/60s) or concurrency=1..64/60s, then it holds')
    .option('--stage <level>', "one after the other: 'rate=50,duration=30s', 'concurrency=1..8,…'", collect)
    .option('--cancel-rate <share>', 'streams given up, after 500ms or a time: 0.1:2s, 0.1:1s..5s')
    .optionsGroup('Machine:')
    .option('--workers <n>', 'measuring threads (default auto: by load and cores)')
    .optionsGroup('Several targets:')
    .option('--interleave <n>', 'targets take turns, n requests each (A B B A), against drifts of hosted endpoints')
    .option('--provider-concurrency <n>', 'providers measured at once (default all)')
    .optionsGroup('Patience:')
    .option('--timeout <time>', 'for a whole request (default 120s)')
    .option('--connect-timeout <time>', 'for DNS, TCP and TLS (default 10s)')
    .option('--first-token-timeout <time>', 'until the first token')
    .option('--idle-timeout <time>', 'between two reads of an answer')
    .option('--max-retries <n>', 'further attempts after a passing failure (default 0)')
    .option('--retry-delay <time>', 'before the first retry, doubling (default 1s)')
    .optionsGroup('Objectives:')
    .option(
      '--slo <limits>',
      "what makes a request good: 'ttft<=500ms,tpot<=50ms'; what a run must keep: 'ttft.p95<=500ms', mlperf:llama2-70b; repeatable",
      collect,
    )
    .option('--max-ttft-s <seconds>', 'the same as --slo ttft<=…s')
    .option('--max-e2e-s <seconds>', 'the same as --slo e2e<=…s')
    .optionsGroup('Money and tokens:')
    .option('--budget <usd>', 'stop before the run can cost more')
    .option('--count-tokens', 'count by a tokenizer even what was reported')
    .option('--tokenizer <name|file>', 'o200k_base, cl100k_base, estimate or a tokenizer.json (default: by the model)')
    .option('--seed <n>', 'repeat the same chance (default a fresh one)');
}
