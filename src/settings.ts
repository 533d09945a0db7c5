import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { AppError } from './errors.ts';
import { LOG_LEVELS, type LogLevel } from './model/log-level.ts';

/** Where this process lives; what is measured is a plan. Frozen; only this file reads the environment. */
export interface Settings {
  /** `LLM_BENCH_DB`, else `DATABASE_URL`, else `bench.duckdb` in the working folder. May hold a password. */
  readonly db: string;
  /** `LLM_BENCH_CONFIG`; undefined: `providers.toml` in the working folder, and if that is not there, `userConfig`. */
  readonly config: string | undefined;
  /** The user's own `llm-bench/providers.toml`, under `XDG_CONFIG_HOME` or `~/.config`. */
  readonly userConfig: string;
  /** What `calibrate` found of this client: `llm-bench/calibration.json`, under `XDG_STATE_HOME` or `~/.local/state`. */
  readonly calibrationFile: string;
  /** `LLM_BENCH_LOG_LEVEL`, else `warn`. What is logged goes to stderr. */
  readonly logLevel: LogLevel;
  /** Whether a live view can be drawn on stderr: it is a terminal, and not a dumb one. */
  readonly hasTerminal: boolean;
  /** Started by our own launcher on another Node, which then speaks to us over IPC. */
  readonly isLaunched: boolean;
  /** Names of the `LLM_BENCH_…` variables that are set. */
  readonly ownVariables: readonly string[];
  /** Any variable that something else names, such as a provider's key. Set to nothing is not set. May be a secret. */
  readonly environment: (name: string) => string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws FLAG_INVALID for a value that cannot be used. */
export function readSettings(
  environment: Environment = process.env,
  isTerminal: boolean = process.stderr.isTTY === true,
): Settings {
  return Object.freeze({
    db: environment['LLM_BENCH_DB'] || environment['DATABASE_URL'] || 'bench.duckdb',
    config: environment['LLM_BENCH_CONFIG'] || undefined,
    userConfig: join(folderOf(environment, 'XDG_CONFIG_HOME', ['.config']), 'llm-bench', 'providers.toml'),
    calibrationFile: join(
      folderOf(environment, 'XDG_STATE_HOME', ['.local', 'state']),
      'llm-bench',
      'calibration.json',
    ),
    logLevel: readLogLevel(environment['LLM_BENCH_LOG_LEVEL']),
    hasTerminal: isTerminal && environment['TERM'] !== 'dumb',
    isLaunched: environment['LLM_BENCH_LAUNCHER'] === '1',
    ownVariables: Object.keys(environment).filter((name) => name.startsWith('LLM_BENCH_') && environment[name]),
    environment: createLookup(environment),
  });
}

/** Of the variables as they are now. */
function createLookup(environment: Environment): Settings['environment'] {
  const values = new Map(Object.entries(environment));
  return (name) => values.get(name) || undefined;
}

/** The XDG specification wants a relative path ignored. */
function folderOf(environment: Environment, variable: string, inHome: readonly string[]): string {
  const folder = environment[variable] ?? '';
  return isAbsolute(folder) ? folder : join(environment['HOME'] || homedir(), ...inHome);
}

function readLogLevel(value: string | undefined): LogLevel {
  if (value === undefined || value === '') return 'warn';
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  // Python's name for it, from one of the systems that this one grew out of.
  if (level === undefined && value.toLowerCase() === 'warning') return 'warn';
  if (level === undefined) throw unknownLevel(value);
  return level;
}

function unknownLevel(value: string): AppError {
  const problem = `"${value}" is none of ${LOG_LEVELS.join(', ')}`;
  return new AppError('FLAG_INVALID', { flag: 'LLM_BENCH_LOG_LEVEL', problem, command: 'run' });
}
