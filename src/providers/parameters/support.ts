import type { JsonValue } from '../../model/units.ts';
import type { Support } from './family.ts';
import { type Limits, NO_LIMITS } from './limits.ts';
import type { ParameterName } from './parameter.ts';
import type { SourceId } from './sources.ts';

/** Taken, within limits. */
export function takes(limits: Limits = NO_LIMITS, fallback?: JsonValue, source?: SourceId): Support {
  return { is: 'supported', limits, default: fallback, source };
}

/** Refused, or silently without effect. */
export function refuses(reason?: string, source?: SourceId): Support {
  return { is: 'refused', reason, source };
}

/** The same for several parameters. */
export function all(
  names: readonly ParameterName[],
  support: Support,
): Readonly<Partial<Record<ParameterName, Support>>> {
  return Object.fromEntries(names.map((name) => [name, support]));
}
