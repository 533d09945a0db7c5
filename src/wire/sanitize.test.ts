import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createSanitizer } from './sanitize.ts';

/** A canary with all that encodings change; no word of English in it. */
const KEY = 'Zq7/x+V"9\\kW=é%pT2';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a key of ours', () => {
  const { text, line } = createSanitizer([KEY]);

  const forms: readonly (readonly [form: string, written: string])[] = [
    ['as it is', KEY],
    ['URL-encoded', 'Zq7%2Fx%2BV%229%5CkW%3D%C3%A9%25pT2'],
    ['URL-encoded in lower case', 'Zq7%2fx%2bV%229%5ckW%3d%c3%a9%25pT2'],
    ['escaped for JSON', 'Zq7/x+V\\"9\\\\kW=é%pT2'],
    ['escaped for JSON with its slashes', 'Zq7\\/x+V\\"9\\\\kW=é%pT2'],
    ['in base64', base64(KEY)],
  ];
  for (const [form, written] of forms) {
    test(`is masked ${form}`, () => {
      assert.equal(text(`<${written}>`), '<***>');
      assert.equal(text(`${written}-${written}`), '***-***');
      assert.equal(line(`HTTP 401: ${written} is wrong`), 'HTTP 401: *** is wrong');
    });
  }

  test('is masked in base64 of a user and a key, of any lengths, with and without its scheme', () => {
    for (const user of ['', 'u', 'us', 'use', 'user']) {
      for (const rest of ['', ':', ':x', ':xy']) {
        const header = base64(`${user}:${KEY}${rest}`);
        assert.equal(text(`"Basic ${header}"`), '"Basic ***"');
        assertMasked(text(`"auth":"${header}"`), header);
        const urlSafe = header.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
        assertMasked(text(`auth=${urlSafe}`), urlSafe);
      }
    }
  });

  test('is masked before a text is cut, so that no half of it is left', () => {
    const { text: cleaned, line: cleanedLine } = createSanitizer(['Qx9vTz4mRk7w']);
    for (let before = 2_030; before <= 2_050; before++) {
      const body = `${'.'.repeat(before)}Qx9vTz4mRk7w`;
      assert.match(cleaned(body).slice(0, 2_048), /^\.+\**$/);
    }
    for (let before = 280; before <= 300; before++) {
      assert.match(cleanedLine(`${'.'.repeat(before)}Qx9vTz4mRk7w!`), /^\.+\**!?…?$/);
    }
  });

  test('is masked whole, although another is a part of it', () => {
    assert.equal(createSanitizer(['abcd', 'abcdefgh', 'xxabcdxx']).text('abcdefgh xxabcdxx abcd'), '*** *** ***');
  });

  test('of less than four characters is a word like any other', () => {
    assert.equal(createSanitizer(['', 'a', 'key']).text('a key is a key'), 'a key is a key');
  });

  test('is masked wherever it stands in any text', () => {
    const around = fc.string({ unit: fc.constantFrom('a', ' ', '%', '"', '\\', '=', '\n', 'é', '<') });
    fc.assert(
      fc.property(around, fc.constantFrom(...forms.map(([, written]) => written)), around, (before, written, after) => {
        assert.ok(!text(before + written + after).includes('Zq7'));
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  function assertMasked(clean: string, header: string): void {
    assert.match(clean, /\*\*\*/);
    // Up to a group and a half on each side belong to the neighbours of the key too.
    for (let at = 0; at + 12 <= header.length; at++) {
      const part = header.slice(at, at + 12);
      const isOfTheKey = Buffer.from(part, 'base64').toString('latin1').includes('x+V');
      if (isOfTheKey) assert.ok(!clean.includes(part), part);
    }
  }
});

describe('a key of somebody else', () => {
  const { text } = createSanitizer([]);
  const keys: readonly (readonly [kind: string, raw: string, clean: string])[] = [
    ['OpenAI', 'Incorrect API key provided: sk-proj-Ab1_Cd2-Ef3.', 'Incorrect API key provided: ***.'],
    ['Anthropic', '"x-api-key": "sk-ant-api03-abcdefgh"', '"x-api-key": "***"'],
    ['Groq', 'gsk_abcdefgh12345678', '***'],
    ['xAI', 'xai-abcdefgh12345678', '***'],
    ['Hugging Face', 'hf_abcdefghABCDEFGH', '***'],
    ['Google', 'key=AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q', 'key=***'],
    ['a bearer', 'authorization: bearer abc.DEF~123==', 'authorization: bearer ***'],
    ['a login', 'Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic ***'],
  ];
  for (const [kind, raw, clean] of keys) {
    test(`is masked: ${kind}`, () => assert.equal(text(raw), clean));
  }

  test('is not seen in ordinary words', () => {
    const words = 'The task-oriented risk_assessment of sk-1 and "pk" is basic: no bearer.';
    assert.equal(text(words), words);
  });
});

describe('a line', () => {
  const { text, line } = createSanitizer([]);

  test('holds no control characters, no escape sequences and no marks that turn the text around', () => {
    assert.equal(
      line('\x1b[31mred\x1b[0m\r\n\tnext\0\x7f\x9b2J end\u202e\u200b\u2028\ufeff'),
      '[31mred [0m next 2J end',
    );
  });

  test('is cut to 300 characters', () => {
    assert.equal(line('x'.repeat(300)), 'x'.repeat(300));
    assert.equal(line('x'.repeat(301)), `${'x'.repeat(299)}…`);
  });

  test('is not cut through a character', () => {
    const cut = line(`${'x'.repeat(298)}😀yy`);
    assert.equal(cut, `${'x'.repeat(298)}…`);
  });

  test('leaves the line ends of a text alone', () => {
    assert.equal(text('a\n\tb'), 'a\n\tb');
  });
});
