import { AppError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import type { WorkloadItems } from '../model/recipe.ts';
import type { Target } from '../model/target.ts';
import { kindOfToolChoice } from '../model/tool.ts';
import type { WorkloadItem } from '../model/workload.ts';
import { sampleOf } from '../workloads/open.ts';

/**
 * Refuses what a target cannot be asked, before anything is sent. Throws TOOLS_UNSUPPORTED for tools on a route that takes none, and
 * what a dialect has to say of its own target.
 */
export async function checkTargets(plan: Pick<Plan, 'targets' | 'parameters'>, prompts: WorkloadItems): Promise<void> {
  // Only a run needs all dialects: a command line that only prints should not wait for them.
  const { dialectOf } = await import('../dialects/registry.ts');
  // Prompts that are made have no tools, and one is like another.
  const items = 'prompts' in prompts ? sampleOf(prompts, 0, 1).map(({ item }) => item) : prompts;
  // One prompt with a limit of its own is enough.
  const limit = items.find(({ maxTokens }) => maxTokens !== undefined)?.maxTokens;
  for (const target of plan.targets) {
    const dialect = dialectOf(target.dialect);
    const given = target.profile.parameters ?? plan.parameters;
    dialect.check?.(target, { ...given, maxTokens: given.maxTokens ?? limit });
    const choices = dialect.toolChoices(target);
    for (const item of items) refuseTools(item, target, choices);
  }
}

function refuseTools(item: WorkloadItem, { model, dialect }: Target, choices: readonly string[]): void {
  const prompt = item.name ?? `prompt ${item.index + 1}`;
  if (choices.length === 0 && hasTools(item)) {
    throw new AppError('TOOLS_UNSUPPORTED', { dialect, what: 'tools', prompt, it: 'them', model });
  }
  const kind = item.toolChoice === undefined ? undefined : kindOfToolChoice(item.toolChoice);
  if (kind === undefined || choices.includes(kind)) return;
  const what = kind === 'named' ? 'tool_choice that names a tool' : `tool_choice "${kind}"`;
  throw new AppError('TOOLS_UNSUPPORTED', { dialect, what, prompt, it: 'it', model });
}

function hasTools({ tools, messages }: WorkloadItem): boolean {
  return tools !== undefined || messages.some((message) => 'toolCalls' in message || message.role === 'tool');
}
