import type { DialectId } from '../model/target.ts';
import type { Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';

const DIALECTS: Readonly<Record<DialectId, Dialect>> = { 'openai-chat': openaiChat };

/** The only place that knows all dialects. */
export function dialectOf(id: DialectId): Dialect {
  return DIALECTS[id];
}
