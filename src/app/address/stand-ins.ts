import type { Missing, Resolution, ResolveOptions } from '../../providers/resolution.ts';
import { resolve } from '../../providers/resolve.ts';

/** Finds whose a model is, with stand-ins for what only its address needs. Nothing may be sent there. */
export function resolveAnyhow(name: string, options: ResolveOptions): Resolution {
  const resolution = resolve(name, options);
  if (resolution.kind !== 'incomplete') return resolution;
  const standIns = resolution.missing.map(standInFor);
  const variables = new Map(standIns.flatMap(({ variables, value }) => variables.map((variable) => [variable, value])));
  const given = Object.fromEntries(
    standIns.flatMap(({ option, value }) => (option === undefined ? [] : [[option, value]])),
  );
  const again = resolve(name, {
    ...options,
    ...given,
    environment: (variable) => options.environment(variable) ?? variables.get(variable),
  });
  return again.kind === 'incomplete' ? resolution : again;
}

interface StandIn {
  readonly option: Missing['option'];
  readonly variables: readonly string[];
  readonly value: string;
}

function standInFor({ option, variables, example, what }: Missing): StandIn {
  const value = option === 'apiBase' || /url/i.test(what) ? 'http://localhost' : (example ?? 'stand-in');
  return { option, variables, value };
}
