import type { Plan } from '../model/plan.ts';
import { formatMs, formatNumber } from './format.ts';

/** What is sent, where it is more than some prompts: `synthetic in=1024,out=256 · 2 turns, 1.00 s apart`. */
export function describeWorkload({ workload, contextTiers, conversation, outputLength }: Plan): readonly string[] {
  const pause =
    conversation === undefined || conversation.thinkTimeMs === 0 ? '' : `, ${formatMs(conversation.thinkTimeMs)} apart`;
  const parts = [
    ...(isMade(workload.source) ? [workload.source] : []),
    ...(contextTiers.length === 0 ? [] : [`context of ${contextTiers.map(formatNumber).join(', ')} tokens in turn`]),
    ...(conversation === undefined ? [] : [`conversations of up to ${conversation.maxTurns} turns${pause}`]),
    ...(outputLength === 'exact' ? ['answers up to their limit'] : []),
  ];
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

function isMade(source: string): boolean {
  return /^(synthetic|dataset|trace) /.test(source);
}
