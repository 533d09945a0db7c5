import type { ProviderRow } from './provider-row.ts';
import type { Missing, ResolveOptions } from './resolution.ts';

/** What placeholders stand for, for one model string. */
export interface Values {
  readonly of: (name: string) => string | undefined;
  readonly describe: (name: string, problem: string | undefined) => Missing;
}

/** `given` comes first: what the model string itself says. Then the option, the variables in order, and the default. */
export function openValues(
  row: ProviderRow,
  given: Readonly<Record<string, string | undefined>>,
  options: ResolveOptions,
): Values {
  const find = (name: string): string | undefined => {
    const fromString = given[name];
    if (fromString !== undefined) return fromString;
    const spec = row.placeholders[name];
    if (spec === undefined) return undefined;
    const chosen = spec.option === undefined ? undefined : options[spec.option];
    return chosen || firstSet(spec.variables, options.environment)?.value || spec.default;
  };
  return {
    of: (name) => {
      if (name === 'locationPrefix') return locationPrefix(find('location'));
      if (name === 'awsDomain') return awsDomain(find('region'));
      return find(name);
    },
    describe: (name, problem) => {
      const source = name === 'locationPrefix' ? 'location' : name === 'awsDomain' ? 'region' : name;
      const spec = row.placeholders[source];
      return {
        what: NAMES[source] ?? source,
        option: spec?.option,
        variables: spec?.variables ?? [],
        example: undefined,
        problem,
      };
    },
  };
}

const NAMES: Readonly<Record<string, string | undefined>> = {
  apiVersion: 'API version',
  resourceGroup: 'resource group',
};

/** The first variable that holds something. */
export function firstSet(
  names: readonly string[],
  environment: ResolveOptions['environment'],
): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = environment(name)?.trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

/** The global location has no prefix. */
function locationPrefix(location: string | undefined): string | undefined {
  if (location === undefined) return undefined;
  return location === 'global' ? '' : `${location}-`;
}

/** China is a partition of its own. */
function awsDomain(region: string | undefined): string | undefined {
  if (region === undefined) return undefined;
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
