import type { TokenKind } from '../answer-tokens.ts';
import type { Answer } from './shape.ts';

/** An event's type and its members after type and number, as JSON without braces. */
export type ItemEvent = readonly [type: string, members: string];

const ID_PREFIXES: Readonly<Record<TokenKind, string>> = { reasoning: 'rs', content: 'msg', 'tool-call': 'fc' };
const DELTA_TYPES: Readonly<Record<TokenKind, string>> = {
  reasoning: 'response.reasoning_text',
  content: 'response.output_text',
  'tool-call': 'response.function_call_arguments',
};

/** One item of a response's output: reasoning, a message or a call. */
export class ResponseItem {
  text = '';
  readonly #kind: TokenKind;
  readonly #answer: Answer;
  readonly #index: number;
  readonly #id: string;
  /** What all events of the item's part begin with. */
  readonly #place: string;

  constructor(kind: TokenKind, answer: Answer, index: number) {
    this.#kind = kind;
    this.#answer = answer;
    this.#index = index;
    this.#id = `${ID_PREFIXES[kind]}_sim_${answer.plan.requestNumber}`;
    const contentIndex = kind === 'tool-call' ? '' : ',"content_index":0';
    this.#place = `"item_id":"${this.#id}","output_index":${index}${contentIndex}`;
  }

  addedEvents(): readonly ItemEvent[] {
    const item = JSON.stringify(this.#object('in_progress', []));
    const added: ItemEvent = ['response.output_item.added', `"output_index":${this.#index},"item":${item}`];
    if (this.#kind === 'tool-call') return [added];
    return [added, ['response.content_part.added', `${this.#place},"part":${JSON.stringify(this.#part())}`]];
  }

  deltaEvent(text: string): ItemEvent {
    this.text += text;
    const logprobs = this.#kind === 'content' ? ',"logprobs":[]' : '';
    return [`${DELTA_TYPES[this.#kind]}.delta`, `${this.#place},"delta":${JSON.stringify(text)}${logprobs}`];
  }

  doneEvents(status: string): readonly ItemEvent[] {
    const text = JSON.stringify(this.text);
    const key = this.#kind === 'tool-call' ? 'arguments' : 'text';
    const logprobs = this.#kind === 'content' ? ',"logprobs":[]' : '';
    const textDone: ItemEvent = [`${DELTA_TYPES[this.#kind]}.done`, `${this.#place},"${key}":${text}${logprobs}`];
    const item = JSON.stringify(this.toObject(status));
    const done: ItemEvent = ['response.output_item.done', `"output_index":${this.#index},"item":${item}`];
    if (this.#kind === 'tool-call') return [textDone, done];
    return [textDone, ['response.content_part.done', `${this.#place},"part":${JSON.stringify(this.#part())}`], done];
  }

  toObject(status: string): Readonly<Record<string, unknown>> {
    return this.#object(status, [this.#part()]);
  }

  #object(status: string, content: readonly unknown[]): Readonly<Record<string, unknown>> {
    const { plan } = this.#answer;
    const id = this.#id;
    switch (this.#kind) {
      case 'reasoning':
        return { id, type: 'reasoning', summary: [], content, status };
      case 'content':
        return { id, type: 'message', status, role: 'assistant', content };
      case 'tool-call':
        return {
          id,
          type: 'function_call',
          status,
          arguments: this.text,
          call_id: `call_sim_${plan.requestNumber}`,
          name: plan.toolName,
        };
    }
  }

  #part(): Readonly<Record<string, unknown>> {
    if (this.#kind === 'reasoning') return { type: 'reasoning_text', text: this.text };
    return { type: 'output_text', text: this.text, annotations: [], logprobs: [] };
  }
}
