import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readRestTemplate } from './rest-template-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-template-'));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const NO_PATHS = {
  reasoning: undefined,
  finish: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  error: undefined,
};

test('a template says how to ask and how to read, in YAML or in JSON', async () => {
  const yaml = fileOf(
    'a.yaml',
    `method: POST
body:
  q: "{{prompt}}"
  limit: "{{max_tokens}}"
framing: sse
paths:
  text: delta.text
  input_tokens: usage.in
done_marker: END
`,
  );
  assert.deepEqual(await readRestTemplate(yaml), {
    method: 'POST',
    body: { q: '{{prompt}}', limit: '{{max_tokens}}' },
    framing: 'sse',
    paths: { ...NO_PATHS, text: 'delta.text', inputTokens: 'usage.in' },
    doneMarker: 'END',
  });
  const json = fileOf('a.json', '{"method": "GET", "paths": {"text": "answer"}}');
  assert.deepEqual(await readRestTemplate(json), {
    method: 'GET',
    body: undefined,
    framing: 'json',
    paths: { ...NO_PATHS, text: 'answer' },
    doneMarker: undefined,
  });
});

for (const [what, text, message] of [
  ['without a path to the text', 'framing: sse\n', /:1: paths: must be a table with at least text/],
  ['with another framing', 'paths:\n  text: a\nframing: xml\n', /:3: framing: must be sse, ndjson or json/],
  [
    'with a field that nobody knows',
    'paths:\n  text: a\nverb: PUT\n',
    /:3: verb: there is no such field; there are method, body/,
  ],
  [
    'with a path that is none',
    'framing: sse\npaths:\n  text: a\n  finish: b..c\n',
    /:4: paths\.finish: b\.\.c is no path; write it as/,
  ],
  [
    'with a placeholder that nobody knows',
    'paths:\n  text: a\nbody:\n  deep:\n    - 1\n    - say {{promt}}\n',
    /:6: body\.deep\[1\]: \{\{promt\}\} stands for nothing; there are \{\{prompt\}\}/,
  ],
  ['that is no table', 'just words\n', /:1: must be a table/],
  ['that is no YAML', 'paths: [\n', /this is not YAML/],
] as const) {
  test(`a template ${what} is refused at its line`, async () => {
    await assert.rejects(readRestTemplate(fileOf('bad.yaml', text)), {
      code: 'FILE_MALFORMED',
      message,
      hint: 'mend it, or name another file by --template',
    });
  });
}

test('a template that is not there is FILE_UNREADABLE', async () => {
  await assert.rejects(readRestTemplate(join(folder, 'none.yaml')), {
    code: 'FILE_UNREADABLE',
    message: /there is no such file/,
  });
});
