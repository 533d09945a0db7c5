import { DEFAULT_QUIRKS } from '../dialects/dialect.ts';
import { dialectOf } from '../dialects/registry.ts';
import type { Message } from '../model/message.ts';
import type { Plan } from '../model/plan.ts';
import type { WorkloadItems } from '../model/recipe.ts';
import { NO_CREDENTIALS } from '../model/target.ts';
import { type DrawnPrompt, NOTHING_ASKED } from '../model/workload.ts';
import { openTokenizer } from '../tokenizers/open.ts';
import { sampleOf } from '../workloads/open.ts';
import { tokenizerOf } from './count-tokens.ts';
import type { PromptSize } from './estimate-plan.ts';

export interface SizesInput {
  readonly plan: Plan;
  readonly targetIndex: number;
  readonly items: WorkloadItems;
}

/** Of prompts that are made, this many stand for all. */
const PROMPTS_LOOKED_AT = 1_000;

export type BodySize = Omit<PromptSize, 'inputTokens'>;

/** Sizes without counting tokens: bytes and limits, as the measuring thread builds them. */
export function bodiesOf(input: SizesInput): readonly BodySize[] {
  return requestsOf(input).map((request) => sizeOf(request, input));
}

/** The same with the tokens of each prompt: as asked, or counted by the tokenizer of the target. Rejects with TOKENIZER_* codes. */
export async function sizesOf(input: SizesInput): Promise<readonly PromptSize[]> {
  const requests = requestsOf(input);
  const isKnown = requests.every(({ asked }) => asked.inputTokens !== undefined);
  const tokenizer = isKnown ? undefined : await openTokenizer(tokenizerOf(input.plan, input.targetIndex).tokenizer);
  return requests.map((request) => {
    const { messages } = request.item;
    const texts = messages.reduce((sum, { content }) => sum + (tokenizer?.count(content) ?? 0), 0);
    const tokens = request.asked.inputTokens ?? texts + request.earlierAnswerTokens;
    return { ...sizeOf(request, input), inputTokens: tokens + messages.length * TOKENS_PER_MESSAGE };
  });
}

/** One request of a conversation or alone. */
interface Request extends Pick<DrawnPrompt, 'item' | 'asked'> {
  /** Of the answers that stand in its history, which nobody knows yet. */
  readonly earlierAnswerTokens: number;
}

/** Of an answer that nothing limits. */
const ASSUMED_ANSWER_TOKENS = 256;

function requestsOf({ plan, targetIndex, items }: SizesInput): readonly Request[] {
  if (!('prompts' in items)) return items.map((item) => ({ item, asked: NOTHING_ASKED, earlierAnswerTokens: 0 }));
  const most = Math.min(PROMPTS_LOOKED_AT, plan.stop.requests ?? PROMPTS_LOOKED_AT);
  return sampleOf(items, targetIndex, most).flatMap(turnsOf);
}

/** All turns of a conversation, with the history that each of them would have. */
function turnsOf({ item, asked, laterTurns }: DrawnPrompt): readonly Request[] {
  const requests: Request[] = [{ item, asked, earlierAnswerTokens: 0 }];
  for (const turn of laterTurns) {
    const before = requests.at(-1);
    if (before === undefined) break;
    const answer = before.item.maxTokens ?? ASSUMED_ANSWER_TOKENS;
    const said: Message = { role: 'user', content: turn.content };
    const { inputTokens } = before.asked;
    requests.push({
      item: { ...item, messages: [...before.item.messages, said], maxTokens: turn.maxTokens },
      asked: {
        ...asked,
        inputTokens:
          inputTokens === undefined || turn.inputTokens === undefined
            ? undefined
            : inputTokens + answer + turn.inputTokens,
        outputTokens: turn.maxTokens,
      },
      earlierAnswerTokens: before.earlierAnswerTokens + answer,
    });
  }
  return requests;
}

function sizeOf({ item, asked, earlierAnswerTokens }: Request, { plan, targetIndex }: SizesInput): BodySize {
  const target = plan.targets[targetIndex];
  if (target === undefined) throw new Error(`no target ${targetIndex} in the plan`);
  const given = target.profile.parameters ?? plan.parameters;
  const parameters = { ...given, maxTokens: item.maxTokens ?? given.maxTokens };
  const { body } = dialectOf(target.dialect).encode({
    target,
    credentials: NO_CREDENTIALS,
    messages: item.messages,
    tools: item.tools,
    toolChoice: item.toolChoice,
    parameters,
    quirks: DEFAULT_QUIRKS,
    isStreamed: plan.isStreamed,
    userAgent: '',
  });
  const prefix = plan.cache === 'cold' ? PREFIX_BYTES : 0;
  return {
    bodyBytes: (body?.byteLength ?? 0) + prefix + earlierAnswerTokens,
    maxTokens: parameters.maxTokens ?? target.profile.maxOutputTokens,
    outputTokens: asked.outputTokens,
  };
}

/** `[0123456789abcdef] `, as is written before a prompt that must be new. */
const PREFIX_BYTES = 19;
/** What chat templates add around each turn, by and large. */
const TOKENS_PER_MESSAGE = 4;
