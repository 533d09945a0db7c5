import type { StreamPart } from '../model/stream-part.ts';
import { asObject, type Fields } from './json.ts';
import { findUsageBlock } from './openai-usage.ts';
import { MS_PER_SECOND, serverTimings } from './server-timings.ts';

/**
 * What servers with OpenAI's chunks say of their own time: Groq within usage and Cerebras in `time_info`, both in seconds, llama.cpp
 * in `timings`, in milliseconds. Groq's total leaves the queue out; it is kept as told.
 */
export function findServerTimings(chunk: Fields): readonly StreamPart[] {
  const timings = asObject(chunk['timings']);
  if (timings !== undefined) return llamaCppTimings(timings);
  const told = asObject(chunk['time_info']) ?? findUsageBlock(chunk);
  if (told === undefined) return [];
  const { queue_time: queue, prompt_time: prompt, completion_time: decode, total_time: total } = told;
  return serverTimings({ queue, prompt, decode, total }, MS_PER_SECOND);
}

/** llama.cpp's `timings`, on all of its routes. */
export function llamaCppTimings(timings: Fields): readonly StreamPart[] {
  return serverTimings({ prompt: timings['prompt_ms'], decode: timings['predicted_ms'] }, 1);
}
