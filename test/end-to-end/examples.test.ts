import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeFolder, runCli } from '../support/cli.ts';
import { type Endpoint, startEndpoint } from '../support/simulator.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
let endpoint: Endpoint;
const folder = makeFolder();
before(async () => {
  endpoint = await startEndpoint();
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const QUICK = ['--no-save', '--no-progress', '--warmup', '0'];
const ofEndpoint = (): readonly string[] => ['--endpoint', endpoint.url, '--model', 'm', '--dialect', 'openai-chat'];

/** How each kind of example is used. */
const USES: readonly { readonly name: RegExp; readonly args: (file: string) => readonly string[] }[] = [
  {
    name: /^plan.*\.yaml$/,
    args: (file) => ['run', file, ...ofEndpoint(), ...QUICK, '--rate', '40', '--duration', '100ms'],
  },
  {
    name: /^(?:prompts|tools)\b.*\.(?:txt|jsonl|yaml)$/,
    args: (file) => ['run', ...ofEndpoint(), ...QUICK, '--prompt-file', file, '--num-requests', '2'],
  },
  {
    name: /^(?:dataset|sharegpt)\b.*\.jsonl?$/,
    args: (file) => ['run', ...ofEndpoint(), ...QUICK, '--dataset', file, '--turns', '2'],
  },
  {
    name: /^trace\b.*\.(?:jsonl|csv)$/,
    args: (file) => ['run', ...ofEndpoint(), ...QUICK, '--trace', file, '--speed', '20'],
  },
  // No simulator speaks it: it is somebody's own.
  {
    name: /^custom-rest\.yaml$/,
    args: (file) => [
      'run',
      '--endpoint',
      endpoint.url,
      '--model',
      'm',
      '--template',
      file,
      '--prompt',
      'a',
      '--dry-run',
    ],
  },
];

for (const { name } of readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isFile())) {
  test(`examples/${name} works as it stands`, async () => {
    const use = USES.find((one) => one.name.test(name));
    assert.ok(use, `say in USES how ${name} is used`);
    const { code, stderr } = await runCli(use.args(join(EXAMPLES, name)), { cwd: folder.path });
    assert.equal(code, 0, stderr);
  });
}
