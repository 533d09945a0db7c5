import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTiktoken } from '../tiktoken/tiktoken-tokenizer.ts';
import { ESTIMATE } from './estimate-tokenizer.ts';

for (const [what, text, tokens] of [
  ['nothing', '', 0],
  ['a single letter', 'a', 1],
  // 8 × 0.25
  ['eight letters', 'abcdEFGH', 2],
  // 10 × 0.25 = 2.5; the space is free.
  ['two words', 'hello world', 3],
  // 5 × 0.42 = 2.1
  ['letters beyond ASCII', 'éàßжλ', 2],
  // 5 × 0.8
  ['five East Asian characters, of two code units each', '\u{20000}'.repeat(5), 4],
  ['Hangul and kana', '한국かなカ', 4],
  // 4 × 0.55 = 2.2
  ['digits', '2026', 2],
  // 2 × 0.55 + 2 × 0.5 = 2.1
  ['symbols and line ends', '{\n}\n', 2],
  ['spaces', '   \t\u00a0', 1],
  ['emoji', '😀🎉', 2],
] as const) {
  test(`${what}: about ${tokens}`, () => assert.equal(ESTIMATE.count(text), tokens));
}

test('it says that it is approximate, and has no tokens to name', () => {
  assert.equal(ESTIMATE.isApproximate, true);
  assert.equal(ESTIMATE.codec, undefined);
});

const SAMPLES = {
  English:
    'The harbour was quiet when we arrived, and the only light came from a small office above the fish market. Somebody had left a note about the delay, so we waited and talked about the weather until the next ferry came in.',
  German:
    'Der Hafen war still, als wir ankamen, und das einzige Licht kam aus einem kleinen Büro über dem Fischmarkt. Jemand hatte eine Nachricht über die Verspätung hinterlassen, also warteten wir und redeten über das Wetter.',
  Russian:
    'Когда мы приехали, в порту было тихо, и единственный свет горел в маленькой конторе над рыбным рынком. Кто-то оставил записку о задержке, поэтому мы ждали и говорили о погоде.',
  Chinese:
    '我们到达的时候港口很安静，唯一的灯光来自鱼市场上面的一间小办公室。有人留下了一张关于延误的字条，所以我们一边等一边谈论天气。',
  Korean:
    '우리가 도착했을 때 항구는 조용했고 유일한 불빛은 어시장 위의 작은 사무실에서 나왔다. 누군가 지연에 대한 쪽지를 남겨 두어서 우리는 날씨 이야기를 하며 기다렸다.',
  code: 'export function sum(values: readonly number[]): number {\n  let total = 0;\n  for (const value of values) total += value;\n  return total;\n}\n',
};

for (const [what, text] of Object.entries(SAMPLES)) {
  test(`${what} is estimated within a quarter of what o200k_base counts`, async () => {
    const exact = (await openTiktoken('o200k_base')).count(text);
    const ratio = ESTIMATE.count(text) / exact;
    assert.ok(ratio > 0.75 && ratio < 1.25, `${ESTIMATE.count(text)} for ${exact}`);
  });
}
