import type { RequestRecord } from '../model/record.ts';

/** What became of the conversations that were begun while it was measured. */
export interface ConversationSummary {
  /** Every turn that was planned was answered. */
  readonly completed: number;
  /** A turn failed or was cancelled, all its retries included: nothing follows on it. */
  readonly failed: number;
  /** The run ended between two turns. */
  readonly cut: number;
}

export interface ConversationTally {
  /** Takes measured records in any order; those of no conversation change nothing. */
  add(record: RequestRecord): void;
  /** Undefined where there was none. */
  summarize(): ConversationSummary | undefined;
}

/** How far a conversation has come: the last turn that was seen, and whether an attempt at it completed. */
interface Standing {
  turn: number;
  isAnswered: boolean;
}

/** Holds two numbers for every conversation that is not over. */
export function createConversationTally(): ConversationTally {
  const open = new Map<number, Standing>();
  let completed = 0;
  return {
    add({ asked, outcome }) {
      const { conversation, turn, turns } = asked ?? {};
      if (conversation === undefined || turn === undefined || turns === undefined) return;
      const isAnswered = outcome.kind === 'completed';
      if (isAnswered && turn === turns) {
        completed++;
        open.delete(conversation);
        return;
      }
      const before = open.get(conversation);
      // A turn is seen again when it is tried again.
      if (before === undefined || turn > before.turn) open.set(conversation, { turn, isAnswered });
      else if (turn === before.turn) before.isAnswered ||= isAnswered;
    },
    summarize() {
      const failed = [...open.values()].filter(({ isAnswered }) => !isAnswered).length;
      const cut = open.size - failed;
      return completed + failed + cut === 0 ? undefined : { completed, failed, cut };
    },
  };
}
