import { fieldsOf, isFields, parse } from './model-list.ts';

/** Whose refusal for want of a key this is. OpenAI's shape is that of nearly all others too. */
export function refusedBy(body: string): 'anthropic' | 'gemini' | 'openai' | undefined {
  const value = parse(body);
  const envelope = Array.isArray(value) ? value[0] : value;
  if (!isFields(envelope)) return undefined;
  const error = fieldsOf(envelope['error']);
  if (envelope['type'] === 'error' && typeof error['type'] === 'string') return 'anthropic';
  if (typeof error['status'] === 'string' && typeof error['code'] === 'number') return 'gemini';
  return 'error' in envelope || 'message' in envelope || 'detail' in envelope ? 'openai' : undefined;
}
