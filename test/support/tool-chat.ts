// One chat with tools, calls and results, for tests of how each family writes it.
import type { Dialect, EncodeInput } from '../../src/dialects/dialect.ts';
import { DEFAULT_QUIRKS } from '../../src/dialects/dialect.ts';
import type { Message } from '../../src/model/message.ts';
import { NO_CREDENTIALS } from '../../src/model/target.ts';
import type { Tool, ToolChoice } from '../../src/model/tool.ts';
import type { JsonObject } from '../../src/model/units.ts';
import { buildTarget } from './record-builder.ts';

export const WEATHER_SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Its name' } },
  required: ['city'],
  additionalProperties: false,
} as const;

/** One with all that a tool may have, one with nothing but its name. */
export const TOOLS: readonly Tool[] = [
  { name: 'weather', description: 'Of a city', parameters: WEATHER_SCHEMA },
  { name: 'now', description: undefined, parameters: undefined },
];

/** Two calls at once with words before them, their results, a call without words, its result and a question. */
export const CHAT: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Weather?' },
  {
    role: 'assistant',
    content: 'I look.',
    toolCalls: [
      { id: 'c1', name: 'weather', arguments: '{"city": "Ulm"}' },
      { id: 'c2', name: 'now', arguments: '{}' },
    ],
  },
  { role: 'tool', callId: 'c1', name: 'weather', content: '12 °C' },
  { role: 'tool', callId: 'c2', name: 'now', content: '{"hour": 9}' },
  { role: 'assistant', content: '', toolCalls: [{ id: 'c3', name: 'weather', arguments: '{"city": "Bern"' }] },
  { role: 'tool', callId: 'c3', name: 'weather', content: 'no such city' },
  { role: 'user', content: 'And?' },
];

/** The body of a request with tools; of the chat above unless other messages are given. */
export function toolBody(
  dialect: Dialect,
  toolChoice?: ToolChoice,
  given: Partial<EncodeInput> = {},
): Readonly<Record<string, unknown>> {
  const { body } = dialect.encode({
    target: buildTarget({ dialect: dialect.id, model: 'm', url: 'https://a.example' }),
    credentials: NO_CREDENTIALS,
    messages: CHAT,
    tools: TOOLS,
    toolChoice,
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: 'llm-bench/0',
    ...given,
  });
  return JSON.parse(Buffer.from(body ?? []).toString('utf8')) as JsonObject;
}
