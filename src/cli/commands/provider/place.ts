import type { RegistryPlace } from '../../../app/providers/load.ts';
import { AppError } from '../../../errors.ts';
import type { CliContext } from '../../context.ts';

/** Flags that most of these commands share. */
export interface PlaceFlags {
  readonly config?: string;
}

export interface NameFlags extends PlaceFlags {
  readonly name?: string;
}

export function placeOf(flags: PlaceFlags, { settings }: CliContext): RegistryPlace {
  return { config: flags.config ?? settings.config, userConfig: settings.userConfig };
}

/** NAME, or `--name`. Throws FLAG_MISSING, or FLAGS_CONFLICT for two that differ. */
export function nameOf(flags: NameFlags, [name]: readonly string[]): string {
  if (name !== undefined && flags.name !== undefined && name !== flags.name) {
    throw new AppError('FLAGS_CONFLICT', { first: '--name', second: name, hint: 'name the provider once' });
  }
  const chosen = name ?? flags.name;
  if (chosen !== undefined) return chosen;
  throw new AppError('FLAG_MISSING', { flag: '--name', hint: 'name the provider; llm-bench provider list shows all' });
}
