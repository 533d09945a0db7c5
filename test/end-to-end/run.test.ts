import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TruthRecord } from '../../src/simulator/truth.ts';
import {
  HAS_TERMINALS,
  makeFolder,
  onlyTarget,
  requestsOf,
  runArgs,
  runCli,
  runForDocument,
  runOnTerminal,
} from '../support/cli.ts';
import { mostAtOnce, startCapture, startEndpoint } from '../support/simulator.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const ESCAPE = '\x1b';
const COLOUR = /\x1b\[\d+m/;
const CURSOR = /\x1b\[\d*[AJK]/;
const needsTerminal = { skip: HAS_TERMINALS ? false : 'util-linux script, which makes terminals, is not there' };

describe('run', { concurrency: 4 }, () => {
  test('sends each prompt of a file as often as asked, in order, and prints one JSON document', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const file = join(EXAMPLES, 'prompts.yaml');
    const { code, stdout, stderr } = await runCli(
      [
        ...['run', '--endpoint', endpoint.url, '--model', 'mistral-7b'],
        ...['--prompt-file', file, '--runs', '3', '--output', 'json', '--include', 'requests'],
      ],
      { cwd: folder.path },
    );
    assert.equal(code, 0);
    const document = JSON.parse(stdout);
    assert.doesNotMatch(stderr, /"schema"|[{}]/);
    const names = ['greeting', 'extraction', 'code', 'long-answer', 'conversation'];
    const target = onlyTarget(document);
    assert.deepEqual(
      target.prompts.map(({ name, completed, failed }) => [name, completed, failed]),
      names.map((name) => [name, 3, 0]),
    );
    const measured = requestsOf(document).filter(({ phase }) => phase === 'measure');
    assert.deepEqual(
      measured.map(({ promptName }) => promptName),
      [...names, ...names, ...names],
    );
    assert.equal(endpoint.truth.length, 15 + 1);
    assert.deepEqual([target.requests.started, target.requests.completed], [15, 15]);
  });

  for (const [file, prompts] of [
    ['prompts.txt', 6],
    ['prompts.jsonl', 5],
    ['tools.jsonl', 2],
  ] as const) {
    test(`reads examples/${file}`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint();
      const document = await runForDocument(
        [
          'run',
          '--endpoint',
          endpoint.url,
          '--model',
          'a',
          '--prompt-file',
          join(EXAMPLES, file),
          '-o',
          'json',
          '--warmup',
          '0',
        ],
        { cwd: folder.path },
      );
      assert.equal(onlyTarget(document).requests.completed, prompts);
      assert.equal(endpoint.truth.length, prompts);
    });
  }

  test("a prompt's own token limit wins over the flag, and no limit is sent where there is none", async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ tokens: '40' });
    const file = join(folder.path, 'p.yaml');
    writeFileSync(
      file,
      'prompts:\n  - {name: own, text: x, token_limit: 5}\n  - {name: none, text: x}\n  - {name: larger, text: x, token_limit: 30}\n',
    );
    const args = [
      'run',
      '--endpoint',
      endpoint.url,
      '--model',
      'a',
      '--prompt-file',
      file,
      '--warmup',
      '0',
      '-o',
      'json',
    ];
    const limited = await runForDocument([...args, '--token-limit', '9'], { cwd: folder.path });
    assert.equal(onlyTarget(limited).tokens.output, 5 + 9 + 30);
    await runForDocument(args, { cwd: folder.path });
    assert.deepEqual(
      endpoint.truth.map(({ outputTokens }) => outputTokens),
      [5, 9, 30, 5, 40, 30],
    );
  });

  test('a closed loop sends exactly the requests asked for, and never more at once than allowed', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '20' });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '41', '--concurrency', '4'), {
      cwd: folder.path,
    });
    const { started, completed, failed, cancelled, dropped, retries } = onlyTarget(document).requests;
    assert.deepEqual(
      { started, completed, failed, cancelled, dropped, retries },
      { started: 41, completed: 41, failed: 0, cancelled: 0, dropped: 0, retries: 0 },
    );
    assert.equal(requestsOf(document).length, 41);
    assert.equal(endpoint.truth.length, 41);
    assert.equal(mostAtOnce(endpoint.truth), 4);
    assert.equal(new Set(endpoint.truth.map(({ connection }) => connection)).size, 4, 'connections are kept');
  });

  test('one client at a time is the default, and the pause lies between its answers and requests', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '5' });
    await runForDocument(runArgs(endpoint.url, '-n', '4', '--request-delay', '100ms'), { cwd: folder.path });
    assert.equal(mostAtOnce(endpoint.truth), 1);
    const pauses = endpoint.truth
      .slice(1)
      .map((next, index) => next.receivedAtMs - (endpoint.truth[index]?.endedAtMs ?? 0));
    // Timers fire at whole milliseconds, so up to one of them early.
    assert.deepEqual(
      pauses.filter((pause) => pause < 99),
      [],
    );
  });

  test('a duration ends the sending, and answers under way are awaited', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '30' });
    const document = await runForDocument(runArgs(endpoint.url, '--duration', '300ms', '--concurrency', '2'), {
      cwd: folder.path,
    });
    const { started, completed, cancelled } = onlyTarget(document).requests;
    assert.ok(started > 2);
    assert.deepEqual([completed, cancelled, endpoint.truth.length], [started, 0, started]);
    assert.equal(document.run.state, 'completed');
  });

  test('providers are measured side by side, the models of each one after the other', async () => {
    using folder = makeFolder();
    await using one = await startEndpoint({ ttft: '60' });
    await using two = await startEndpoint({ ttft: '60' });
    const document = await runForDocument(fourTargets(one.url, two.url), { cwd: folder.path });
    assert.deepEqual(
      document.targets.map(({ provider, model, requests }) => [provider, model, requests.completed]),
      [
        ['one', 'a', 6],
        ['one', 'b', 6],
        ['two', 'a', 6],
        ['two', 'b', 6],
      ],
    );
    for (const { truth } of [one, two]) {
      assert.equal(truth.length, 2 * (6 + 1));
      assert.ok(spanOf(truth, 'a').endMs <= spanOf(truth, 'b').startMs);
    }
    for (const model of ['a', 'b']) assert.ok(doOverlap(spanOf(one.truth, model), spanOf(two.truth, model)), model);
  });

  test('--provider-concurrency 1 measures one provider after the other', async () => {
    using folder = makeFolder();
    await using one = await startEndpoint({ ttft: '10' });
    await using two = await startEndpoint({ ttft: '10' });
    await runForDocument([...fourTargets(one.url, two.url), '--provider-concurrency', '1'], { cwd: folder.path });
    assert.ok(spanOf(one.truth, 'b').endMs <= spanOf(two.truth, 'a').startMs);
  });

  test('warm-up requests reach the server and are in no count', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500@1,2,3' });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '5', '--warmup', '3'), { cwd: folder.path });
    const target = onlyTarget(document);
    assert.deepEqual([target.requests.started, target.requests.failed, target.errorRate], [5, 0, 0]);
    assert.equal(target.metrics['e2e']?.n, 5);
    assert.equal(target.tokens.output, 10);
    const phases = requestsOf(document).map(({ phase }) => phase);
    assert.deepEqual(phases, [...new Array(3).fill('warmup'), ...new Array(5).fill('measure')]);
    assert.equal(endpoint.truth.length, 8);
  });

  test('what the server cannot understand is found out before measuring', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ noStreamOptions: true, tokens: '7' });
    const document = await runForDocument(runArgs(endpoint.url, '-n', '3', '--warmup', '1'), { cwd: folder.path });
    assert.deepEqual(
      endpoint.truth.map(({ status }) => status),
      [400, 200, 200, 200, 200],
    );
    const target = onlyTarget(document);
    assert.deepEqual([target.requests.completed, target.tokens.source], [3, 'counted']);
    const measured = requestsOf(document).filter(({ phase }) => phase === 'measure');
    assert.deepEqual(
      measured.map(({ events }) => events.length),
      [7, 7, 7],
    );
  });

  test('objectives decide which requests are good', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '30', fault: '500@2' });
    const args = (...objectives: string[]): readonly string[] => runArgs(endpoint.url, '-n', '4', ...objectives);
    const strict = await runForDocument(args('--slo', 'ttft<=1ms,e2e<=1m'), { cwd: folder.path });
    const lax = await runForDocument(args('--max-ttft-s', '60', '--max-e2e-s', '60'), { cwd: folder.path });
    assert.equal(onlyTarget(strict).goodRatio, 0);
    assert.equal(onlyTarget(strict).requests.failed, 1);
    assert.equal(onlyTarget(lax).goodRatio, 1);
  });

  test('the key comes from the flag, else from LLM_BENCH_API_KEY, else from OPENAI_API_KEY', async () => {
    using folder = makeFolder();
    await using capture = await startCapture();
    const args = runArgs(capture.url, '-n', '1');
    const env = { OPENAI_API_KEY: 'openai', LLM_BENCH_API_KEY: 'bench' };
    await runForDocument([...args, '--api-key', 'flag'], { cwd: folder.path, env });
    await runForDocument(args, { cwd: folder.path, env });
    await runForDocument(args, { cwd: folder.path, env: { OPENAI_API_KEY: 'openai' } });
    await runForDocument(args, { cwd: folder.path });
    assert.deepEqual(
      capture.requests.map(({ headers }) => headers.authorization),
      ['Bearer flag', 'Bearer bench', 'Bearer openai', undefined],
    );
  });

  test('parameters and headers reach the server as they were given', async () => {
    using folder = makeFolder();
    await using capture = await startCapture();
    await runForDocument(
      runArgs(
        `${capture.url}/?deployment=eu`,
        ...[
          '-n',
          '1',
          '--temperature',
          '0.3',
          '--max-tokens',
          '17',
          '--header',
          'X-Team: blue',
          '--header',
          'x-two: a: b',
        ],
        ...[
          '--param',
          'top_p=0.9',
          '--param',
          'user=me',
          '--param',
          'stop=["x"]',
          '--param',
          'stream_options={"include_usage":false}',
        ],
      ),
      { cwd: folder.path },
    );
    const [request] = capture.requests;
    assert.equal(request?.url, '/v1/chat/completions?deployment=eu');
    assert.deepEqual(request?.body, {
      model: 'a',
      messages: [{ role: 'user', content: 'three small words' }],
      stream: true,
      stream_options: { include_usage: false },
      temperature: 0.3,
      max_tokens: 17,
      top_p: 0.9,
      user: 'me',
      stop: ['x'],
    });
    assert.deepEqual([request?.headers['x-team'], request?.headers['x-two']], ['blue', 'a: b']);
  });

  test('nothing but the prompt is sent by default, no temperature and no limit', async () => {
    using folder = makeFolder();
    await using capture = await startCapture();
    await runForDocument(runArgs(capture.url, '-n', '1'), { cwd: folder.path });
    assert.deepEqual(Object.keys(capture.requests[0]?.body ?? {}), ['model', 'messages', 'stream', 'stream_options']);
    assert.equal(capture.requests[0]?.headers.authorization, undefined);
  });

  test('--randomize-prompt begins every prompt with a prefix of its own', async () => {
    using folder = makeFolder();
    await using capture = await startCapture();
    const document = await runForDocument(
      runArgs(capture.url, '-n', '20', '--warmup', '2', '--randomize-prompt', '--save-text'),
      { cwd: folder.path },
    );
    const sent = capture.requests.map(({ body }) => (body['messages'] as { content: string }[])[0]?.content ?? '');
    assert.equal(new Set(sent).size, 22);
    for (const text of sent) assert.match(text, /^\[[0-9a-f]{16}\] three small words$/);
    assert.deepEqual(
      requestsOf(document).map(({ text }) => text?.prompt),
      sent,
    );
    assert.deepEqual(new Set(requestsOf(document).map(({ text }) => text?.answer)), new Set(['hi']));
  });
});

describe('retries', { concurrency: 3 }, () => {
  test('each attempt is a record of its own, linked to the one before, and no earlier than Retry-After', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: ['429@1', '503@2'] });
    const document = await runForDocument(
      runArgs(endpoint.url, '-n', '1', '--max-retries', '2', '--retry-delay', '1ms'),
      { cwd: folder.path },
    );
    const requests = requestsOf(document);
    assert.deepEqual(
      requests.map(({ attempt, outcome }) => [attempt, outcome]),
      [
        [1, 'failed'],
        [2, 'failed'],
        [3, 'completed'],
      ],
    );
    assert.deepEqual(
      requests.map(({ retryOf }) => retryOf),
      [null, requests[0]?.id, requests[1]?.id],
    );
    assert.deepEqual(
      requests.map(({ failure }) => failure?.retryAfterMs ?? null),
      [1000, 1000, null],
    );
    const target = onlyTarget(document);
    assert.deepEqual(target.requests, { started: 3, completed: 1, failed: 2, cancelled: 0, dropped: 0, retries: 2 });
    assert.deepEqual(target.failures, { 'rate-limited': 1, overloaded: 1 });
    const [first, second, third] = endpoint.truth;
    assert.ok(first && second && third);
    for (const [before, after] of [
      [first, second],
      [second, third],
    ] as const) {
      assert.ok(after.receivedAtMs - before.endedAtMs >= 999, 'a second, less the millisecond that timers round');
    }
  });

  test('end after as many as were asked for', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500' });
    const document = await runForDocument(
      runArgs(endpoint.url, '-n', '3', '--max-retries', '2', '--retry-delay', '1ms'),
      { cwd: folder.path },
      3,
    );
    assert.deepEqual(onlyTarget(document).requests, {
      started: 9,
      completed: 0,
      failed: 9,
      cancelled: 0,
      dropped: 0,
      retries: 6,
    });
    assert.equal(endpoint.truth.length, 9);
  });

  test('are not made unless asked for, nor for what waiting cannot mend', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: ['500@1', '400@2', '401@3', 'context-length@4', 'quota@5'] });
    await runForDocument(runArgs(endpoint.url, '-n', '1'), { cwd: folder.path }, 3);
    assert.equal(endpoint.truth.length, 1);
    const document = await runForDocument(runArgs(endpoint.url, '-n', '5', '--max-retries', '3'), { cwd: folder.path });
    assert.deepEqual([onlyTarget(document).requests.retries, endpoint.truth.length], [0, 6]);
  });
});

describe('the outputs', { concurrency: 3 }, () => {
  const textArgs = (url: string, ...more: readonly string[]): readonly string[] => [
    ...[
      'run',
      '--endpoint',
      `local=${url}`,
      '--model',
      'a',
      '--prompt-file',
      join(EXAMPLES, 'prompts.yaml'),
      '--runs',
      '2',
    ],
    ...more,
  ];

  test('text is plain where stdout is no terminal, and its tables fit into 80 columns', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '5', tokenDelay: '1', tokens: '9', fault: '500@4' });
    const { code, stdout, stderr } = await runCli(textArgs(endpoint.url, '--histogram'), { cwd: folder.path });
    assert.equal(code, 0);
    assert.ok(!stdout.includes(ESCAPE) && !stderr.includes(ESCAPE));
    const lines = stdout.split('\n');
    const rows = lines.filter((line) =>
      /^(ttft|itl|tbt|tpot|e2e|requests\/s|tokens\/s|goodput\/s|error rate) /.test(line),
    );
    assert.equal(rows.length, 9);
    assert.deepEqual(
      [...rows, ...lines.filter((line) => line.includes('#'))].filter((line) => line.length > 80),
      [],
    );
    assert.match(stdout, /9 completed, 1 failed/);
    assert.match(stdout, /1 × server/);
    for (const name of ['greeting', 'conversation', 'average']) assert.match(stdout, new RegExp(`^${name} `, 'm'));
    for (const title of ['E2E', 'TTFT']) {
      const bins = lines.slice(lines.indexOf(title) + 1, lines.indexOf(title) + 11);
      const counts = bins.map((line) => Number(/ – .* ms \| #* ?\((\d+)\)$/.exec(line)?.[1]));
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        9,
        title,
      );
    }
  });

  test(
    'a terminal gets colours and a live view; NO_COLOR and --no-progress take each away',
    needsTerminal,
    async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint();
      const onTerminal = async (env: Record<string, string>, ...more: readonly string[]): Promise<string> => {
        const { code, stdout } = await runOnTerminal(textArgs(endpoint.url, ...more), { cwd: folder.path, env });
        assert.equal(code, 0);
        return stdout;
      };
      const both = await onTerminal({});
      const plain = await onTerminal({ NO_COLOR: '1' });
      const quiet = await onTerminal({}, '--no-progress');
      const dumb = await onTerminal({ TERM: 'dumb' });
      assert.deepEqual([COLOUR.test(both), CURSOR.test(both)], [true, true]);
      assert.deepEqual([COLOUR.test(plain), CURSOR.test(plain)], [false, true]);
      assert.deepEqual([COLOUR.test(quiet), CURSOR.test(quiet)], [true, false]);
      assert.ok(!dumb.includes(ESCAPE));
    },
  );

  test('--stats adds mean, deviation, least and greatest; histograms come only when asked for', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const plain = await runCli(textArgs(endpoint.url, '--no-save'), { cwd: folder.path });
    const rich = await runCli(textArgs(endpoint.url, '--no-save', '--stats'), { cwd: folder.path });
    assert.match(rich.stdout, /^ +mean +median +stdev +min +max +n$/m);
    assert.doesNotMatch(plain.stdout, /median/);
    assert.match(plain.stdout, /^ +p50 +p90 +p95 +p99 +n$/m);
    assert.doesNotMatch(plain.stdout, /\| #/);
  });

  test('a run in which nothing completed shows every latency as undefined', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500' });
    const { code, stdout } = await runCli(textArgs(endpoint.url, '--histogram'), { cwd: folder.path });
    assert.equal(code, 3);
    for (const name of ['ttft', 'itl', 'e2e']) assert.match(stdout, new RegExp(`^${name} +— +— +— +— +0$`, 'm'));
    assert.doesNotMatch(stdout, /NaN|undefined|Infinity/);
  });

  test('--no-progress says nothing on stderr', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const { code, stderr } = await runCli(textArgs(endpoint.url, '--no-progress'), { cwd: folder.path });
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('CSV holds a line for every target and metric', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = textArgs(endpoint.url, '--model', '=b', '--run-id', 'table');
    const { code, stdout } = await runCli([...args, '--output', 'csv'], { cwd: folder.path });
    assert.equal(code, 0);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    assert.equal(head, 'run,provider,model,metric,unit,n,mean,stdev,min,max,p50,p90,p95,p99');
    const cells = rows.map((row) => row.split(','));
    assert.ok(cells.every((row) => row.length === 14 && row[0] === 'table' && row[1] === 'local'));
    const models = cells.map(([, , model]) => model);
    // A model that a spreadsheet would take for a formula.
    assert.deepEqual([...new Set(models)], ['a', "'=b"]);
    assert.equal(models.filter((model) => model === 'a').length * 2, rows.length);
    assert.deepEqual(
      cells.filter(([, , , metric]) => metric === 'e2e').map(([, , , , unit, n]) => [unit, n]),
      [
        ['ms', '10'],
        ['ms', '10'],
      ],
    );
  });
});

function fourTargets(one: string, two: string): readonly string[] {
  return [
    ...['run', '--endpoint', `one=${one}`, '--endpoint', `two=${two}`, '--model', 'a', '--model', 'b'],
    ...['--prompt', 'x', '-n', '6', '--concurrency', '2', '--output', 'json'],
  ];
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** From a model's first arrival to its last end. */
function spanOf(truth: readonly TruthRecord[], model: string): Span {
  const own = truth.filter((record) => record.model === model);
  return {
    startMs: Math.min(...own.map(({ receivedAtMs }) => receivedAtMs)),
    endMs: Math.max(...own.map(({ endedAtMs }) => endedAtMs)),
  };
}

function doOverlap(one: Span, other: Span): boolean {
  return one.startMs < other.endMs && other.startMs < one.endMs;
}
