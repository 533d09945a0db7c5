import type { Setting, SettingKey, SettingOrigin, SettingsLayer } from '../../app/settings-file/setting-key.ts';
import { AppError } from '../../errors.ts';

/** `--rate`, `LLM_BENCH_RATE`, `plan.yaml:7`. */
export function originText(origin: SettingOrigin): string {
  switch (origin.kind) {
    case 'flag':
      return origin.flag;
    case 'variable':
      return origin.variable;
    case 'run':
      return `run ${origin.id}`;
    default:
      return `${origin.file}:${origin.line}`;
  }
}

/** A mistake in a value that no flag gave, told where it was made. Any other error stays as it is. */
export function toldAtOrigin(error: unknown, settings: SettingsLayer, keys: readonly SettingKey[]): unknown {
  if (!(error instanceof AppError)) return error;
  const { flag, problem, first, second, hint, command } = error.details;
  if (error.code === 'FLAGS_CONFLICT') {
    const names = [first, second].map((name) => nameOf(String(name), settings, keys));
    return new AppError('FLAGS_CONFLICT', { first: names[0] ?? '', second: names[1] ?? '', hint: String(hint) });
  }
  if (error.code !== 'FLAG_INVALID') return error;
  const found = find(String(flag), settings, keys);
  if (found === undefined) return error;
  const { key, setting } = found;
  const { origin } = setting;
  if (origin.kind === 'variable')
    return new AppError('FLAG_INVALID', { flag: origin.variable, problem: String(problem), command: String(command) });
  if (origin.kind === 'flag' || origin.kind === 'run') return error;
  return new AppError('FILE_MALFORMED', {
    file: origin.file,
    line: origin.line,
    problem: `${key.key}: ${problem}`,
    hint: `mend it there, or give ${key.flag}`,
  });
}

function nameOf(flag: string, settings: SettingsLayer, keys: readonly SettingKey[]): string {
  const found = find(flag, settings, keys);
  if (found === undefined || found.setting.origin.kind === 'flag') return flag;
  const { key, setting } = found;
  return setting.origin.kind === 'variable' ? setting.origin.variable : `${key.key} (${originText(setting.origin)})`;
}

function find(
  flag: string,
  settings: SettingsLayer,
  keys: readonly SettingKey[],
): { readonly key: SettingKey; readonly setting: Setting } | undefined {
  // Some errors name a value with it, as --warmup 0, and some the flag's other name.
  const [name = ''] = flag.split(' ');
  const asKey = name.replace(/^--/, '').replaceAll('-', '_');
  const key = keys.find((one) => one.flag === name || one.otherNames.includes(asKey));
  const setting = key === undefined ? undefined : settings.get(key.key);
  return key === undefined || setting === undefined ? undefined : { key, setting };
}
