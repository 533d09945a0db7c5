import { AppError } from '../../errors.ts';
import { expandReferences } from '../../providers/secrets.ts';
import type { Surroundings, TargetOptions } from './target-options.ts';
import type { Wish } from './wishes.ts';

/** What was said of targets. */
interface Said {
  readonly wishes: readonly Wish[];
  readonly options: TargetOptions;
}

/**
 * Puts the values of variables where flags name them as `${NAME}`: in headers, and in URLs, whose logins and queries may be secrets.
 * Throws KEY_MISSING for one that is not set; a rehearsal needs none and leaves it as it stands.
 */
export function withValues({ wishes, options }: Said, { environment, isRehearsal }: Surroundings): Said {
  const filled = (text: string, flag: string): string => {
    const expanded = expandReferences(text, environment);
    if (expanded.kind === 'expanded') return expanded.text;
    if (isRehearsal) return text;
    const hint = `set ${expanded.variable}, which ${flag} names`;
    throw new AppError('KEY_MISSING', { model: wishes[0]?.entry.model ?? flag, hint });
  };
  return {
    options: {
      ...options,
      apiBase: options.apiBase === undefined ? undefined : filled(options.apiBase, '--api-base'),
      headers: Object.fromEntries(
        Object.entries(options.headers).map(([name, value]) => [name, filled(value, '--header')]),
      ),
    },
    wishes: wishes.map((wish) =>
      wish.place.kind === 'endpoint'
        ? { ...wish, place: { kind: 'endpoint', url: filled(wish.place.url, '--endpoint') } }
        : wish,
    ),
  };
}
