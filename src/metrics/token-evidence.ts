import type { RequestRecord } from '../model/record.ts';
import { outputTokens } from './tokens.ts';
import { percent, type ValidityEntry } from './validity-entry.ts';

/** Output tokens of the same answers, as the provider reported them and as a tokenizer counted what was sent. */
export interface CountDifference {
  readonly answers: number;
  /** Hidden reasoning left out: nobody can count it. */
  readonly reported: number;
  readonly counted: number;
}

/** Where the token counts of completed requests come from. */
export interface CountEvidence {
  readonly completed: number;
  /** Completed requests whose output tokens the provider reported. */
  readonly reported: number;
  /** Those whose output tokens only a tokenizer counted. */
  readonly counted: number;
  /** Names of the tokenizers that counted anything, without repeats. */
  readonly tokenizers: readonly string[];
  /** Whether one of them is not the model's own. */
  readonly isApproximate: boolean;
  /** Undefined when no answer has both counts. */
  readonly difference: CountDifference | undefined;
}

/** Gathers the evidence from completed requests, in any order. */
export interface CountTally {
  add(record: RequestRecord): void;
  evidence(): CountEvidence;
}

export function createCountTally(): CountTally {
  const sources = { reported: 0, counted: 0, events: 0, unknown: 0 };
  const tokenizers = new Set<string>();
  const both = { answers: 0, reported: 0, counted: 0 };
  let isApproximate = false;
  return {
    add(record) {
      const { counted, usage } = record;
      sources[outputTokens(record)?.source ?? 'unknown']++;
      if (counted === undefined) return;
      tokenizers.add(counted.tokenizer);
      isApproximate ||= counted.isApproximate;
      if (usage.outputTokens === undefined || counted.outputTokens === undefined) return;
      both.answers++;
      both.reported += usage.outputTokens - hiddenReasoning(record);
      both.counted += counted.outputTokens;
    },
    evidence: () => ({
      completed: sources.reported + sources.counted + sources.events + sources.unknown,
      reported: sources.reported,
      counted: sources.counted,
      tokenizers: [...tokenizers].sort(),
      isApproximate,
      difference: both.answers === 0 ? undefined : both,
    }),
  };
}

/** Reasoning tokens of an answer that shows no reasoning. */
function hiddenReasoning({ usage, events }: RequestRecord): number {
  return events.some((event) => event.kind === 'reasoning') ? 0 : (usage.reasoningTokens ?? 0);
}

/** The model's own tokenizer may split a text in another way than the model wrote it, and providers count a token or two for its end. */
const NOTED_DIFFERENCE = { own: 0.05, approximate: 0.25 };
const ENDING_TOKENS = 2;

/** Lines of the ledger on where token counts come from, and whether those of provider and tokenizer agree. */
export function tokenEntries(evidence: CountEvidence): readonly ValidityEntry[] {
  return [...sourceEntries(evidence), ...differenceEntries(evidence)];
}

function sourceEntries({ completed, reported, counted, tokenizers, isApproximate }: CountEvidence): ValidityEntry[] {
  const missing = completed - reported;
  if (missing === 0) return [];
  const seen = `${missing} of ${completed} answers came without token counts`;
  const by = tokenizers.join(' and ');
  if (counted === 0) {
    const hint = 'the server sent no usage: where they were streamed, events stand for tokens, which is a lower bound';
    return [{ id: 'token-source', level: 'note', text: seen, hint }];
  }
  const rest = counted < missing ? `; ${missing - counted} were not counted` : '';
  return [
    {
      id: 'token-source',
      level: 'note',
      text: `${seen}: ${by} counted ${counted} of them${rest}`,
      hint: isApproximate
        ? "the server sent no usage, and this is not the model's own tokenizer: give that by --tokenizer tokenizer.json"
        : "the server sent no usage: the count of input lacks what the server's chat template adds",
    },
  ];
}

function differenceEntries({ difference, tokenizers, isApproximate }: CountEvidence): ValidityEntry[] {
  if (difference === undefined) return [];
  const { answers, reported, counted } = difference;
  const surplus = Math.abs(reported - counted);
  const limit = isApproximate ? NOTED_DIFFERENCE.approximate : NOTED_DIFFERENCE.own;
  const isMuch = surplus > Math.max(limit * counted, ENDING_TOKENS * answers);
  const hint = isApproximate
    ? "this is not the model's own tokenizer: give that by --tokenizer tokenizer.json before you draw a conclusion"
    : 'speeds and cost use the reported count: does the provider count tokens that it does not send, or is it another model?';
  return [
    {
      id: 'token-difference',
      level: isMuch ? 'note' : 'ok',
      text: `the provider reported ${reported} output tokens where ${tokenizers.join(' and ')} counted ${counted}${relative(difference)}`,
      hint: isMuch ? hint : undefined,
    },
  ];
}

function relative({ reported, counted }: CountDifference): string {
  if (counted === 0 || reported === counted) return '';
  const ratio = Math.abs(reported - counted) / counted;
  return ` (${percent(ratio)} ${reported > counted ? 'more' : 'less'})`;
}
