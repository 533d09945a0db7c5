import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { JsonValue } from '../../model/units.ts';
import type { Usage } from '../../model/usage.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { pushFinish } from '../parts.ts';

/** Reads one answer: an event for each token, the last one with the whole text and details. */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(createTokenDecoder(), onFrame);
}

function createTokenDecoder(): FrameDecoder {
  const readToken = createTokenReader();
  const decode = (json: string): { readonly parts: StreamPart[]; readonly isLast: boolean } => {
    const event = parseObject(json);
    if (typeof event === 'string') return { parts: [{ type: 'malformed', message: event }], isLast: false };
    const parts: StreamPart[] = [];
    const token = asObject(event['token']);
    // The text of a whole body; in the last event of a stream it says again what has come.
    const text = asText(event['generated_text']);
    if (token !== undefined) readToken(token, parts);
    else if (text !== undefined) parts.push({ type: 'content', text });
    const details = asObject(event['details']);
    if (details !== undefined) readDetails(details, parts);
    if (event['error']) parts.push(providerErrorPart(event));
    return { parts, isLast: typeof event['generated_text'] === 'string' };
  };
  return {
    event(data) {
      const { parts, isLast } = decode(data);
      if (isLast) return [...parts, ...DONE];
      return parts.length === 0 ? UNKNOWN : parts;
    },
    body(json) {
      const { parts } = decode(json);
      return parts.length === 0 ? UNKNOWN : parts;
    },
  };
}

/**
 * A special token (end of text) has a name, but is no output. Tokens whose text is held back (half a character) count with the text
 * that they lead to.
 */
function createTokenReader(): (token: Fields, parts: StreamPart[]) => void {
  let held = 0;
  return (token, parts) => {
    if (token['special'] === true) return;
    const text = asText(token['text']);
    held++;
    if (text === undefined) return;
    parts.push({ type: 'content', text }, { type: 'token-count', tokens: held });
    held = 0;
  };
}

function readDetails(details: Fields, parts: StreamPart[]): void {
  pushFinish(details['finish_reason'], FINISH_REASONS, parts);
  const usage = toUsage(details);
  if (usage !== undefined) parts.push({ type: 'usage', usage });
}

/** Older servers do not say how long the prompt was, LoRAX has another name for it; `prefill` lists its tokens when asked for. */
function toUsage(details: Fields): Usage | undefined {
  const prefill = asArray(details['prefill']).length;
  const inputTokens =
    asCount(details['input_length']) ?? asCount(details['prompt_tokens']) ?? (prefill > 0 ? prefill : undefined);
  const outputTokens = asCount(details['generated_tokens']);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  // A whole body's details list every token.
  const counts = Object.entries(details).filter(([, value]) => typeof value !== 'object');
  return {
    inputTokens,
    cachedInputTokens: undefined,
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens,
    reasoningTokens: undefined,
    raw: Object.fromEntries(counts) as JsonValue,
  };
}

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['length', 'length'],
]);
