import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, onlyTarget, runArgs, runCli, runForDocument } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/custom-rest.yaml');

test('the template among the examples measures an endpoint as its own dialect would', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint({ tokens: '7' });
  const url = `${endpoint.url}/completions`;
  const args = runArgs(url, '-n', '3', '--max-tokens', '20', '--template', EXAMPLE);
  const document = await runForDocument(args, { cwd: folder.path });
  const { requests, tokens, metrics } = onlyTarget(document);
  assert.equal(document.plan.targets[0]?.dialect, 'custom-rest');
  assert.deepEqual([requests.completed, tokens.output, tokens.source], [3, 21, 'reported']);
  assert.deepEqual([metrics['ttft']?.n, metrics['itl']?.n], [3, 18]);
  // The run can be repeated from its own document.
  assert.equal(document.plan.targets[0]?.profile.template?.doneMarker, '[DONE]');
});

for (const [what, text, says] of [
  ['with a path that is none', 'framing: sse\npaths:\n  text: "a[b"\n', /template.*cannot be used|a\[b/],
  ['with a placeholder that nobody knows', 'body: {q: "{{promt}}"}\npaths:\n  text: a\n', /promt/],
  ['that is not there', undefined, /cannot read nowhere\.yaml/],
] as const) {
  test(`a template ${what} is one line, and nothing is sent`, async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const file = text === undefined ? 'nowhere.yaml' : 'template.yaml';
    if (text !== undefined) writeFileSync(join(folder.path, file), text);
    const { code, stderr } = await runCli(runArgs(endpoint.url, '--template', file), { cwd: folder.path });
    assert.deepEqual([code, endpoint.received()], [2, 0]);
    assert.match(stderr, says);
    assert.match(stderr, /^error: [^\n]+\n$/);
  });
}
