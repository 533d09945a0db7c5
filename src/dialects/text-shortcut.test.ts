import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deliver } from '../../test/support/raw-server.ts';
import type { DialectId } from '../model/target.ts';
import { openAnswer as openAnthropic } from './anthropic-messages/decode.ts';
import { openAnswer as openCohere } from './cohere/decode.ts';
import type { Frame, LentText } from './dialect.ts';
import { textOf } from './frames.ts';
import { openAnswer as openChat } from './openai-chat/decode.ts';
import { openAnswer as openCompletions } from './openai-completions/decode.ts';

type Open = typeof openChat;

/** What an answer says, event by event, and how many events came without being read by the JSON reader. */
interface Heard {
  readonly frames: readonly Frame[];
  readonly lent: number;
}

function hear(open: Open, bytes: Uint8Array, cuts: readonly number[]): Heard {
  const frames: Frame[] = [];
  let lent = 0;
  const reader = open(true, (frame) => frames.push(frame));
  reader.lendTexts?.((text: LentText) => {
    lent++;
    frames.push([{ type: text.type, text: textOf(text) }]);
  });
  deliver(bytes, cuts, (piece) => reader.push(piece));
  reader.end(true);
  return { frames, lent };
}

/** The plain way: each event by a reader of its own event alone would lose the state, so a comment, which no shortcut takes, stands in each. */
function plainly(open: Open, events: readonly string[]): readonly Frame[] {
  const bytes = Buffer.from(events.map((event) => `: plain\n${event}`).join(''));
  const { frames, lent } = hear(open, bytes, []);
  assert.equal(lent, 0);
  return frames.filter(([part]) => part?.type !== 'keep-alive');
}

const EVENTS: Readonly<Partial<Record<DialectId, { open: Open; event: (text: string) => string }>>> = {
  'openai-chat': {
    open: openChat,
    event: (text) =>
      `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":${text}},"finish_reason":null}]}\n\n`,
  },
  'openai-completions': {
    open: openCompletions,
    event: (text) => `data: {"model":"m","choices":[{"index": 0, "text": ${text}, "finish_reason": null}]}\r\n\r\n`,
  },
  'anthropic-messages': {
    open: openAnthropic,
    event: (text) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${text}}}\n\n`,
  },
  cohere: {
    open: openCohere,
    event: (text) => `data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":${text}}}}}\n\n`,
  },
};

describe('events that differ in their text alone', () => {
  for (const [id, { open, event }] of Object.entries(EVENTS)) {
    test(`${id}: say the same as when each is read`, () => {
      const texts = [
        '"one"',
        '" two"',
        '"drei ß 😀"',
        '"\\"quoted\\""',
        '""',
        '"a\\u00e9"',
        '"six"',
        '"}"',
        '" eight"',
      ];
      const events = texts.map(event);
      const { frames, lent } = hear(open, Buffer.from(events.join('')), []);
      assert.deepEqual(frames, plainly(open, events));
      // All but the first two (of which the model's name may stand in one), the ones with escapes, and the empty one.
      assert.ok(lent >= 4, `${lent} were lent`);
    });

    test(`${id}: also for any texts and cuts`, () => {
      fc.assert(
        fc.property(fc.array(anyText, { maxLength: 12 }), fc.array(fc.nat(2_000), { maxLength: 6 }), (texts, cuts) => {
          const events = texts.map((text) => event(JSON.stringify(text)));
          const bytes = Buffer.from(events.join(''));
          const { frames } = hear(
            open,
            bytes,
            cuts.filter((cut) => cut < bytes.length),
          );
          assert.deepEqual(frames, plainly(open, events));
        }),
        { seed: 20261125, numRuns: 300 },
      );
    });
  }

  const chat = EVENTS['openai-chat'];
  assert.ok(chat !== undefined);

  test('what changes around the text is read', () => {
    const events = [
      chat.event('"a"'),
      chat.event('"b"'),
      chat.event('"c"').replace('"m"', '"n"'),
      chat.event('"d"').replace('null', '"stop"'),
      chat.event('"e"').replace('"choices"', '"usage":{"prompt_tokens":1,"completion_tokens":2},"choices"'),
      chat.event('"f"').replace('"content"', '"reasoning_content"'),
      chat.event('"g"').replace('"finish_reason"', '"token_ids":[1,2],"finish_reason"'),
      'data: [DONE]\n\n',
    ];
    assert.deepEqual(hear(chat.open, Buffer.from(events.join('')), []).frames, plainly(chat.open, events));
  });

  test('a text that stands in two places is not guessed at', () => {
    const twice = (first: string, second: string): string =>
      `data: {"choices":[{"delta":{"reasoning_content":"${first}","reasoning":"${second}"}}]}\n\n`;
    const events = [twice('z', 'z'), twice('a', 'a'), twice('b', 'a'), twice('c', 'c'), twice('c', 'b')];
    const { frames, lent } = hear(chat.open, Buffer.from(events.join('')), []);
    assert.equal(lent, 0);
    assert.deepEqual(frames, plainly(chat.open, events));
  });

  test('a name that an escape spells once more is not guessed at', () => {
    const twice = (text: string): string =>
      `data: {"choices":[{"delta":{"content":"${text}","\\u0063ontent":"a"}}]}\n\n`;
    const events = [twice('a'), twice('a'), twice('b'), twice('c')];
    assert.deepEqual(hear(chat.open, Buffer.from(events.join('')), []).frames, plainly(chat.open, events));
  });

  test('a text with a raw control character is no JSON, after others too', () => {
    const events = [chat.event('"a"'), chat.event('"b"'), chat.event('"c\td"'), chat.event('"e"')];
    const { frames } = hear(chat.open, Buffer.from(events.join('')), []);
    assert.deepEqual(frames, plainly(chat.open, events));
    assert.equal(frames[2]?.[0]?.type, 'malformed');
  });

  test('a stream that writes something new into each event is no longer learned', () => {
    const events = Array.from({ length: 12 }, (_, index) => chat.event('"x"').replace('"c"', `"c${index}"`));
    const again = [...events, chat.event('"y"').replace('"c"', '"c11"')];
    const { lent, frames } = hear(chat.open, Buffer.from(again.join('')), []);
    assert.equal(lent, 0);
    assert.deepEqual(frames, plainly(chat.open, again));
  });

  test('bytes that are not UTF-8 become the same text', () => {
    const [before = '', after = ''] = chat.event('"@"').split('@');
    const bytes = Buffer.concat(
      [Buffer.from('a'), Buffer.from('b'), Buffer.from([0xff, 0x41]), Buffer.from([0xc3])].flatMap((text) => [
        Buffer.from(before),
        text,
        Buffer.from(after),
      ]),
    );
    const { frames } = hear(chat.open, bytes, []);
    const texts = frames.flatMap((frame) => frame.map((part) => (part.type === 'content' ? part.text : '')));
    assert.deepEqual(
      texts.filter((text) => text !== ''),
      ['a', 'b', '\uFFFDA', '\uFFFD'],
    );
  });

  test('a byte order mark or a comment before an event is not taken for a part of it', () => {
    const event = chat.event('"a"').replace('"model":"m",', '');
    const { frames } = hear(
      chat.open,
      Buffer.from(`\uFEFF${event}: ping\n${event}\uFEFF${event}: ping\n${event}${event}`),
      [],
    );
    const text: Frame = [{ type: 'content', text: 'a' }];
    const ping: Frame = [{ type: 'keep-alive' }];
    assert.deepEqual(frames, [text, ping, text, ping, text, text]);
  });
});

const anyText = fc.oneof(
  fc.constantFrom(' the', 'a', '', '"', '\\', '\n', '{}', '[DONE]', 'data: x', '\u2028', 'é', '😀'),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
