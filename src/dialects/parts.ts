import type { FinishReason, StreamPart } from '../model/stream-part.ts';
import { asText } from './json.ts';

/** Adds a text, unless it is empty or something else. */
export function pushText(type: 'content' | 'reasoning' | 'refusal', value: unknown, parts: StreamPart[]): void {
  const text = asText(value);
  if (text !== undefined) parts.push({ type, text });
}

/** Adds why the answer ended, when that is said; a word without a known meaning is `other`. */
export function pushFinish(value: unknown, meanings: ReadonlyMap<string, FinishReason>, parts: StreamPart[]): void {
  const raw = asText(value);
  if (raw !== undefined) parts.push({ type: 'finish', reason: meanings.get(raw) ?? 'other', raw });
}

/** Of one answer: adds the model's name where it is said, but once, until another answers. */
export function createModelReader(): (value: unknown, parts: StreamPart[]) => void {
  let named: string | undefined;
  return (value, parts) => {
    const model = asText(value);
    if (model === undefined || model === named) return;
    named = model;
    parts.push({ type: 'model', model });
  };
}
