// Checks rule 8 of ARCHITECTURE.md: sizes of files and functions, numbers of parameters.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFunctions } from './functions.ts';
import { readSourceFiles, type SourceFile } from './source-files.ts';
import { countLines } from './source-text.ts';

const FILE_LINES = { warn: 300, fail: 400 };
const FUNCTION_LINES = { warn: 50, fail: 80 };
const TEST_FILE_LINES = 600;
const MAX_PARAMETERS = 3;

const EXCEPTIONS = 'scripts/size-exceptions.json';

/** A file that may break the limits. */
interface SizeException {
  readonly path: string;
  readonly reason: string;
}

export interface SizeReport {
  /** One line each; empty when all limits hold. */
  readonly violations: readonly string[];
  readonly warnings: readonly string[];
  readonly files: number;
  readonly functions: number;
}

export function checkSizes(root: string): SizeReport {
  const files = readSourceFiles(root, ['src', 'scripts', 'bench', 'test']);
  const measured = files.map(measure);
  const exceptions = readExceptions(root);
  const excepted = new Set(exceptions.map(({ path }) => path));
  const broken = measured.filter(({ violations }) => violations.length > 0);
  const needed = new Set(broken.map(({ path }) => path));
  const stale = exceptions.filter(({ path }) => !needed.has(path));
  return {
    violations: [
      ...broken.filter(({ path }) => !excepted.has(path)).flatMap(({ violations }) => violations),
      ...stale.map(({ path }) => `${EXCEPTIONS}: ${path} needs no exception any more; take it out`),
    ],
    warnings: measured.flatMap(({ warnings }) => warnings),
    files: files.length,
    functions: measured.reduce((sum, { functions }) => sum + functions, 0),
  };
}

interface Measured {
  readonly path: string;
  readonly violations: string[];
  readonly warnings: string[];
  readonly functions: number;
}

function measure(file: SourceFile): Measured {
  const { path } = file;
  const violations: string[] = [];
  const warnings: string[] = [];
  const judge = (what: string, lines: number, limits: { warn: number; fail: number }): void => {
    if (lines > limits.fail) violations.push(`${what} ${lines} lines, at most ${limits.fail}`);
    else if (lines > limits.warn)
      warnings.push(`${what} ${lines} lines, better ${limits.warn} (fails above ${limits.fail})`);
  };
  const isTest = file.isTest || path.startsWith('test/');
  judge(`${path}:`, countLines(file.text), isTest ? { warn: TEST_FILE_LINES, fail: TEST_FILE_LINES } : FILE_LINES);
  const functions = isTest ? [] : findFunctions(file.text, file.code);
  for (const { name, line, lines, parameters } of functions) {
    judge(`${path}:${line} ${name}:`, lines, FUNCTION_LINES);
    if (parameters > MAX_PARAMETERS) {
      violations.push(`${path}:${line} ${name}: ${parameters} positional parameters, at most ${MAX_PARAMETERS}`);
    }
  }
  return { path, violations, warnings, functions: functions.length };
}

function readExceptions(root: string): SizeException[] {
  const path = join(root, EXCEPTIONS);
  if (!existsSync(path)) return [];
  const entries: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(entries) || !entries.every(isException)) {
    throw new Error(`${EXCEPTIONS} must be a list of { "path", "reason" }, neither empty`);
  }
  return entries;
}

function isException(entry: unknown): entry is SizeException {
  if (typeof entry !== 'object' || entry === null || !('path' in entry) || !('reason' in entry)) return false;
  const { path, reason } = entry;
  return typeof path === 'string' && path !== '' && typeof reason === 'string' && reason.trim() !== '';
}

if (import.meta.main) {
  const { violations, warnings, files, functions } = checkSizes(join(import.meta.dirname, '..'));
  for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`);
  for (const violation of violations) process.stdout.write(`${violation}\n`);
  const result = `${warnings.length} warnings, ${violations.length} violations`;
  process.stdout.write(`sizes: ${files} files, ${functions} functions, ${result}\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
