import type { Plan } from '../model/plan.ts';
import type { ValidityEntry } from './validity-entry.ts';

/** What turns do to the figures over time. */
export function turnEntries({ interleave }: Plan): readonly ValidityEntry[] {
  if (interleave === undefined) return [];
  const { requestsPerTurn } = interleave;
  return [
    {
      id: 'turns',
      level: 'note',
      text: `targets took turns of ${requestsPerTurn} ${requestsPerTurn === 1 ? 'request' : 'requests'}: rates are over this one's own turns, seconds hold the turns of others too`,
      hint: 'what they differ by: llm-bench compare RUN --target ONE --target OTHER',
    },
  ];
}
