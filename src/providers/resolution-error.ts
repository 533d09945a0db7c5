import { AppError } from '../errors.ts';
import type { Incomplete, Missing, Resolution, Resolved } from './resolution.ts';

/** The target, or an AppError that says in one line what to do: PROVIDER_UNKNOWN, PROVIDER_UNSUPPORTED or PROVIDER_INCOMPLETE. */
export function orThrow(resolution: Resolution): Resolved {
  switch (resolution.kind) {
    case 'resolved':
      return resolution;
    case 'unsupported': {
      const { prefix, model, reason, wayAround } = resolution;
      throw new AppError('PROVIDER_UNSUPPORTED', { model: `${prefix}/${model}`, reason, hint: wayAround });
    }
    case 'incomplete': {
      const { prefix, model, missing } = resolution;
      const problem = missing.map(problemOf).join('; ');
      throw new AppError('PROVIDER_INCOMPLETE', { model: `${prefix}/${model}`, problem, hint: remediesOf(resolution) });
    }
    case 'unknown': {
      const { modelString, suggestions } = resolution;
      throw new AppError('PROVIDER_UNKNOWN', { model: modelString, hint: hintOf(modelString, suggestions) });
    }
  }
}

function problemOf({ what, problem }: Missing): string {
  return problem === undefined ? `the ${what} is missing` : `the ${what} cannot be used (${problem})`;
}

const FLAGS = { apiBase: '--api-base', region: '--region', project: '--project', apiVersion: '--api-version' };

function remediesOf({ missing, foundBy, model }: Incomplete): string {
  // Nobody asked for this provider by its name.
  const others = foundBy === 'name' ? [`or name another provider: PREFIX/${model}`] : [];
  return [...missing.map(remedyOf), ...others].join('; ');
}

function remedyOf({ what, option, variables, example }: Missing): string {
  const ways = [
    ...(variables.length === 0 ? [] : [`set ${variables.join(' or ')}`]),
    ...(option === undefined ? [] : [`give ${FLAGS[option]}`]),
  ];
  const how = ways.length === 0 ? `write the ${what}` : ways.join(', or ');
  return example === undefined ? how : `${how}, for example ${example}`;
}

function hintOf(modelString: string, suggestions: readonly string[]): string {
  const slash = modelString.indexOf('/');
  const name = modelString.slice(slash + 1);
  if (suggestions.length > 0) {
    // Without a slash it was the provider's own name, misspelt or not.
    const meant = suggestions.map((prefix) => `${prefix}/${slash < 0 ? 'MODEL' : name}`);
    return `did you mean ${meant.join(' or ')}?`;
  }
  return `put the provider before it, such as openai/${modelString || 'MODEL'}; docs/providers.md lists them all`;
}
