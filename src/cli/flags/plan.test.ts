import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createVirtualClock } from '../../../test/support/virtual-clock.ts';
import type { Surroundings } from '../../app/address/target-options.ts';
import { AppError } from '../../errors.ts';
import type { Plan } from '../../model/plan.ts';
import { EMPTY_PROFILE } from '../../model/target.ts';
import { type PlannedRun, planRun } from './plan.ts';
import type { RunFlags } from './run-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-plan-'));
after(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, 'p.jsonl');
writeFileSync(FILE, '{"prompt":"a"}\n{"prompt":"b"}\n{"prompt":"c"}\n');

const NO_PARAMETERS = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };

/** What commander fills in by itself, and the least that a run needs. */
const LEAST: RunFlags = {
  endpoint: ['http://localhost:8000/v1'],
  model: ['mistral-7b'],
  prompt: ['Say hello'],
  stream: true,
  save: true,
  output: 'text',
  progress: true,
};
const { prompt: _, ...WITHOUT_PROMPT } = LEAST;
const WITH_FILE: RunFlags = { ...WITHOUT_PROMPT, promptFile: FILE };

function surroundings(variables: Readonly<Record<string, string>>): Surroundings {
  return {
    environment: (name) => variables[name],
    config: undefined,
    userConfig: join(folder, 'none.toml'),
    clock: createVirtualClock(),
    isRehearsal: false,
    countingThreadUrl: new URL('file:///nowhere'),
  };
}

/** Without the arguments that repeat it, which have a test of their own. */
async function planned(flags: Partial<RunFlags>, base: RunFlags = LEAST): Promise<PlannedRun> {
  const run = await planRun({ ...base, ...flags }, [], { surroundings: surroundings({}), freshSeed: () => 1_234 });
  return { ...run, plan: { ...run.plan, repeatArguments: undefined } };
}

async function planOf(flags: Partial<RunFlags>, base: RunFlags = LEAST): Promise<Plan> {
  return (await planned(flags, base)).plan;
}

async function refusalOf(flags: Partial<RunFlags>, base: RunFlags = LEAST): Promise<AppError> {
  try {
    await planned(flags, base);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

/** SHA-256 of `[{"messages":[{"role":"user","content":"Say hello"}]}]`, by sha256sum. */
const HELLO_SHA256 = '50f462d8a69c4afa9174f6ce854ab1094a8af2593b1d429f038f22be36a982bc';
/** The same of the three prompts of the file. */
const ABC_SHA256 = 'aca4c5ee0fa6301d71c2d6566d9c5a3ec671d52987f0c9670ef97bb9999578e7';

test('the first documented example is this plan, exactly', async () => {
  const { plan, items, credentials } = await planned({});
  assert.deepEqual(plan, {
    targets: [
      {
        provider: 'localhost:8000',
        model: 'mistral-7b',
        url: 'http://localhost:8000/v1',
        dialect: 'openai-chat',
        profile: { ...EMPTY_PROFILE, parameters: NO_PARAMETERS },
      },
    ],
    workload: { source: 'inline', sha256: HELLO_SHA256, items: 1 },
    load: { kind: 'closed-loop', concurrency: 1, requestDelayMs: 0, stages: [] },
    stop: { requests: 10, durationMs: undefined },
    warmupRequests: 1,
    warmupMs: undefined,
    cooldownMs: undefined,
    cancellation: undefined,
    timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 120_000 },
    retry: { maxRetries: 0, delayMs: 1_000 },
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    headerNames: [],
    cache: 'natural',
    isHttp2: false,
    contextTiers: [],
    conversation: undefined,
    outputLength: 'limit',
    parameterMode: 'strict',
    tokenCounting: { when: 'missing', tokenizer: undefined },
    budgetUsd: undefined,
    isStreamed: true,
    objectives: [],
    interleave: undefined,
    quantileObjectives: [],
    providerConcurrency: undefined,
    workers: 'auto',
    seed: 1_234,
    saveText: false,
    repeatArguments: undefined,
  });
  assert.deepEqual(items, [
    {
      index: 0,
      name: undefined,
      messages: [{ role: 'user', content: 'Say hello' }],
      maxTokens: undefined,
      tools: undefined,
      toolChoice: undefined,
    },
  ]);
  assert.deepEqual(credentials, [{ apiKey: undefined, headers: {}, query: '', signing: undefined }]);
});

test('the second documented example is this plan, exactly', async () => {
  const flags = { model: ['a'], rate: '40', arrival: 'poisson', duration: '60s' } as const;
  assert.deepEqual(await planOf(flags, WITH_FILE), {
    targets: [
      {
        provider: 'localhost:8000',
        model: 'a',
        url: 'http://localhost:8000/v1',
        dialect: 'openai-chat',
        profile: { ...EMPTY_PROFILE, parameters: NO_PARAMETERS },
      },
    ],
    workload: { source: FILE, sha256: ABC_SHA256, items: 3 },
    load: { kind: 'open-loop', arrival: 'poisson', ratePerSecond: 40, maxInFlight: undefined, stages: [] },
    stop: { requests: undefined, durationMs: 60_000 },
    warmupRequests: 1,
    warmupMs: undefined,
    cooldownMs: undefined,
    cancellation: undefined,
    timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 120_000 },
    retry: { maxRetries: 0, delayMs: 1_000 },
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    headerNames: [],
    cache: 'cold',
    isHttp2: false,
    contextTiers: [],
    conversation: undefined,
    outputLength: 'limit',
    parameterMode: 'strict',
    tokenCounting: { when: 'missing', tokenizer: undefined },
    budgetUsd: undefined,
    isStreamed: true,
    objectives: [],
    interleave: undefined,
    quantileObjectives: [],
    providerConcurrency: undefined,
    workers: 'auto',
    seed: 1_234,
    saveText: false,
    repeatArguments: undefined,
  });
});

for (const [flags, part] of [
  [{ warmup: '0' }, { warmupRequests: 0 }],
  [{ seed: '0' }, { seed: 0 }],
  [{ seed: '77' }, { seed: 77 }],
  [{ countTokens: true }, { tokenCounting: { when: 'always', tokenizer: undefined } }],
  [{ tokenizer: 'cl100k_base' }, { tokenCounting: { when: 'missing', tokenizer: 'cl100k_base' } }],
  [{ countTokens: true, tokenizer: FILE }, { tokenCounting: { when: 'always', tokenizer: FILE } }],
  [
    { saveText: true, randomizePrompt: true },
    { saveText: true, cache: 'cold' },
  ],
  [{ providerConcurrency: '2' }, { providerConcurrency: 2 }],
  [{ workers: '3' }, { workers: 3 }],
  [{ workers: 'auto' }, { workers: 'auto' }],
  [{ maxRetries: '3', retryDelay: '250ms' }, { retry: { maxRetries: 3, delayMs: 250 } }],
  [{ retryDelay: '0' }, { retry: { maxRetries: 0, delayMs: 0 } }],
  [
    { timeout: '30s', connectTimeout: '2', firstTokenTimeout: '1500ms', idleTimeout: '5s' },
    { timeouts: { connectMs: 2_000, firstTokenMs: 1_500, idleMs: 5_000, totalMs: 30_000 } },
  ],
  [
    { temperature: '0', maxTokens: '64', param: ['top_p=0.9', 'user=me', 'top_p=0.8'] },
    { parameters: { temperature: 0, maxTokens: 64, maxTokensName: undefined, extra: { top_p: 0.8, user: 'me' } } },
  ],
  [
    { slo: ['ttft.p95<=500ms', 'e2e.p50<=2s'] },
    {
      objectives: [{ metric: 'ttft', max: 500 }],
      quantileObjectives: [
        { metric: 'ttft', quantile: 'p95', max: 500 },
        { metric: 'e2e', quantile: 'p50', max: 2_000 },
      ],
    },
  ],
  [
    { slo: ['ttft<=500ms,tpot<=50ms', 'stall<=1s'], maxTtftS: '0.25', maxE2eS: '3' },
    {
      objectives: [
        { metric: 'ttft', max: 500 },
        { metric: 'tpot', max: 50 },
        { metric: 'stall', max: 1_000 },
        { metric: 'ttft', max: 250 }, // 0.25 s
        { metric: 'e2e', max: 3_000 },
      ],
    },
  ],
  [
    { concurrency: '8', requestDelay: '1s', cache: 'natural' },
    { load: { kind: 'closed-loop', concurrency: 8, requestDelayMs: 1_000, stages: [] } },
  ],
  [
    { rate: '0.5', cache: 'natural' },
    { load: { kind: 'open-loop', arrival: 'constant', ratePerSecond: 0.5, maxInFlight: undefined, stages: [] } },
  ],
  // A load is cold, unless another is asked for.
  [
    { concurrency: '2' },
    { load: { kind: 'closed-loop', concurrency: 2, requestDelayMs: 0, stages: [] }, cache: 'cold' },
  ],
  [{ concurrency: '1' }, {}],
  [{ cache: 'cold' }, { cache: 'cold' }],
  [
    { rate: '5', arrival: 'poisson', maxInFlight: '50' },
    { load: { kind: 'open-loop', arrival: 'poisson', ratePerSecond: 5, maxInFlight: 50, stages: [] }, cache: 'cold' },
  ],
] as const) {
  test(`${JSON.stringify(flags)} changes just that in the plan`, async () => {
    const { targets: changed, ...plan } = await planOf(flags);
    const { targets: before, ...others } = await planOf({});
    assert.deepEqual(plan, { ...others, ...part });
    // What is sent follows what was asked for.
    const [target] = before;
    assert.ok(target);
    assert.deepEqual(changed, [{ ...target, profile: { ...target.profile, parameters: plan.parameters } }]);
  });
}

for (const [base, flags, stop] of [
  [LEAST, {}, { requests: 10, durationMs: undefined }], // One prompt, sent ten times.
  [LEAST, { prompt: ['a', 'b', 'c'] }, { requests: 10, durationMs: undefined }],
  [LEAST, { runs: '4' }, { requests: 4, durationMs: undefined }], // 4 × 1 prompt
  [LEAST, { prompt: ['a', 'b'], runs: '4' }, { requests: 8, durationMs: undefined }], // 4 × 2
  [LEAST, { numRequests: '7' }, { requests: 7, durationMs: undefined }],
  [LEAST, { duration: '5s' }, { requests: undefined, durationMs: 5_000 }],
  [LEAST, { duration: '5s', numRequests: '7' }, { requests: 7, durationMs: 5_000 }],
  [LEAST, { duration: '5s', runs: '7' }, { requests: 7, durationMs: 5_000 }],
  [WITH_FILE, {}, { requests: 3, durationMs: undefined }], // Each of three prompts once.
  [WITH_FILE, { runs: '5' }, { requests: 15, durationMs: undefined }], // 5 × 3
  [WITH_FILE, { duration: '1m' }, { requests: undefined, durationMs: 60_000 }],
] as const) {
  const prompts = base === LEAST ? '--prompt' : 'a file of three';
  test(`${prompts} with ${JSON.stringify(flags)} stops at ${stop.requests ?? '—'} requests or ${stop.durationMs ?? '—'} ms`, async () => {
    assert.deepEqual((await planOf(flags, base)).stop, stop);
  });
}

const CONFLICTS: readonly (readonly [Partial<RunFlags>, string, string])[] = [
  [
    { rate: '5', concurrency: '2' },
    '--concurrency cannot stand beside --rate',
    'an open loop sends on schedule and waits for nobody; limit it by --max-in-flight',
  ],
  [
    { rate: '5', requestDelay: '1s' },
    '--request-delay cannot stand beside --rate',
    'the rate alone decides when requests start',
  ],
  [
    { runs: '2', numRequests: '9' },
    '--num-requests cannot stand beside --runs',
    '--runs sends each prompt so many times, --num-requests is the sum',
  ],
  [{ promptFile: FILE }, '--prompt cannot stand beside --prompt-file', 'give prompts in one way'],
];

for (const [flags, message, hint] of CONFLICTS) {
  test(`${message}, and the hint says why`, async () => {
    const refusal = await refusalOf(flags);
    assert.deepEqual([refusal.code, refusal.message, refusal.hint], ['FLAGS_CONFLICT', message, hint]);
  });
}

for (const [base, flags, message, hint] of [
  [LEAST, { arrival: 'poisson' }, '--rate is missing', '--arrival belongs to an open loop: add --rate 10'],
  [LEAST, { maxInFlight: '5' }, '--rate is missing', '--max-in-flight belongs to an open loop: add --rate 10'],
  [WITHOUT_PROMPT, {}, '--prompt-file is missing', 'name a file of prompts, or give one: --prompt "Say hello"'],
  [
    LEAST,
    { endpoint: [], model: [] },
    'MODEL is missing',
    'name one, as openai/gpt-4o-mini, or an endpoint: --endpoint http://localhost:8000/v1 --model mistral-7b',
  ],
  [LEAST, { model: [] }, '--model is missing', 'name the model as the endpoint does: --model mistral-7b'],
] as const) {
  test(`${JSON.stringify(flags)}: ${message}; ${hint}`, async () => {
    const refusal = await refusalOf(flags, base);
    assert.deepEqual([refusal.code, refusal.message, refusal.hint], ['FLAG_MISSING', message, hint]);
  });
}

for (const [flags, flag] of [
  [{ warmup: '-1' }, '--warmup'],
  [{ runs: '0' }, '--runs'],
  [{ numRequests: '1.5' }, '--num-requests'],
  [{ duration: '0' }, '--duration'],
  [{ concurrency: '0' }, '--concurrency'],
  [{ requestDelay: 'long' }, '--request-delay'],
  [{ rate: '0' }, '--rate'],
  [{ rate: '1', maxInFlight: '0' }, '--max-in-flight'],
  [{ providerConcurrency: '0' }, '--provider-concurrency'],
  [{ workers: '0' }, '--workers'],
  [{ workers: 'many' }, '--workers'],
  [{ timeout: '0' }, '--timeout'],
  [{ connectTimeout: '' }, '--connect-timeout'],
  [{ firstTokenTimeout: '0ms' }, '--first-token-timeout'],
  [{ idleTimeout: '-5' }, '--idle-timeout'],
  [{ maxRetries: 'some' }, '--max-retries'],
  [{ retryDelay: '-1s' }, '--retry-delay'],
  [{ temperature: 'hot' }, '--temperature'],
  [{ maxTokens: '0' }, '--max-tokens'],
  [{ param: ['top_p'] }, '--param'],
  [{ header: ['x-key'] }, '--header'],
  [{ slo: ['fast'] }, '--slo'],
  [{ maxTtftS: '0' }, '--max-ttft-s'],
  [{ maxE2eS: 'x' }, '--max-e2e-s'],
  [{ seed: '-1' }, '--seed'],
  [{ model: [''] }, '--model'],
  [{ prompt: ['a', '  '] }, '--prompt'],
  [{ endpoint: ['h'] }, '--endpoint'],
] as const) {
  test(`${JSON.stringify(flags)} is refused by the name of its flag`, async () => {
    const { code, message } = await refusalOf(flags);
    assert.equal(code, 'FLAG_INVALID');
    assert.ok(message.startsWith(`${flag}: `), message);
  });
}

for (const [flags, message] of [
  [{ budget: '1', warmup: '0' }, '--budget cannot stand beside --warmup 0'],
  [{ inputPrice: '1' }, '--output-price: a price has two sides; give both (0 where it is free)'],
  [{ providers: ['a,,b'] }, '--provider: "a,,b" has an empty name in it'],
  [{ budget: '-1' }, '--budget: "-1" is not a number above 0'],
] as const) {
  test(`${JSON.stringify(flags)}: ${message}`, async () => assert.equal((await refusalOf(flags)).message, message));
}

test('a prompt file that cannot be read is refused with its own code', async () => {
  assert.equal((await refusalOf({ promptFile: 'gone.txt' }, WITHOUT_PROMPT)).code, 'FILE_UNREADABLE');
  assert.equal((await refusalOf({ promptFile: 'gone.doc' }, WITHOUT_PROMPT)).code, 'FILE_KIND_UNKNOWN');
});

test('the key of a flag wins over that of the environment', async () => {
  const keyOf = async (flags: Partial<RunFlags>): Promise<string | undefined> =>
    (
      await planRun({ ...LEAST, ...flags }, [], {
        surroundings: surroundings({ OPENAI_API_KEY: 'from-env' }),
        freshSeed: () => 1,
      })
    ).credentials[0]?.apiKey;
  assert.equal(await keyOf({}), 'from-env');
  assert.equal(await keyOf({ apiKey: 'from-flag' }), 'from-flag');
});

test('a plan holds no secret: no key, no header value, no password, no query', async () => {
  const { plan, credentials } = await planned({
    endpoint: ['http://user:hunter22@h/v1?code=q-secret'],
    apiKey: 'k-secret',
    header: ['X-Gate: h-secret', 'x-gate: h-secret-2', 'X-Team: blue'],
  });
  assert.doesNotMatch(JSON.stringify(plan), /hunter22|q-secret|k-secret|h-secret|blue/);
  assert.deepEqual(plan.headerNames, ['x-gate', 'x-team']);
  assert.deepEqual(credentials[0]?.headers['x-gate'], 'h-secret-2'); // The last of a name counts.
  assert.equal(credentials[0]?.query, '?code=q-secret');
});

test('no refusal repeats a secret, whichever flag is wrong', async () => {
  const secrets = { apiKey: 'k-secret', header: ['x-gate: h-secret'], endpoint: ['http://u:p-secret@h/v1?c=q-secret'] };
  for (const flags of [
    { warmup: 'x' },
    { model: ['m', 'm'] },
    { header: ['x-gate h-secret'] },
    { header: ['x-gate: h-secret\n'] },
    { header: ['host: h-secret'] },
    { apiKey: 'k-secret\n' },
    { endpoint: ['x://u:p-secret@h/v1?c=q-secret'] },
    { endpoint: ['http://u:p-secret@h/v1?c=q-secret', 'http://u:p-secret@h/v1?c=q-secret'] },
  ]) {
    const { message, hint } = await refusalOf({ ...secrets, ...flags });
    assert.doesNotMatch(`${message} ${hint}`, /secret/);
  }
});
