import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../errors.ts';
import { type CalibratedClient, type Calibration, isSameClient, limitsOf } from '../../model/calibration.ts';
import { ownPrices } from '../../providers/price-book.ts';
import { parseLocation } from '../../store/open.ts';
import type { AppContext } from '../context.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** Whether runs can be kept. Nothing is written: a file that is not there is not made. */
export async function checkDatabase(context: AppContext, location: string): Promise<Check> {
  try {
    const { kind, path } = parseLocation(location);
    if (kind === 'memory') return ok('database', 'database: memory, runs are not kept');
    if (kind !== 'postgres') {
      const missing = await firstProblem(path);
      if (missing !== undefined) return missing;
      if (!(await isThere(path))) return ok('database', `database: ${path} will be made by the first run`);
    }
    const store = await context.openStore(location, 'read');
    await store.close();
    return ok('database', `database: ${store.location} can be read and written`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // It is fit, only nobody has used it yet.
    if (error.code === 'STORE_UNREADABLE' && error.message.includes('holds no llm-bench tables')) {
      return ok('database', 'database: empty, the first run makes its tables');
    }
    const level = error.code === 'STORE_LOCKED' ? warn : fail;
    return level('database', error.message, error.hint);
  }
}

/** A file must be writable, or its folder if there is none. */
async function firstProblem(path: string): Promise<Check | undefined> {
  const place = (await isThere(path)) ? path : dirname(resolve(path));
  try {
    await access(place, constants.W_OK);
    return undefined;
  } catch {
    return fail('database', `database: ${place} cannot be written`, 'name another by --db or LLM_BENCH_DB');
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Prices change; after this many days some are wrong. */
const STALE_PRICES_DAYS = 120;
const MS_PER_DAY = 86_400_000;

export async function checkPrices(epochMs: number): Promise<Check> {
  const { version, publishedOn } = await ownPrices();
  return priceCheck(
    `genai-prices ${version} of ${publishedOn}`,
    Math.floor((epochMs - Date.parse(publishedOn)) / MS_PER_DAY),
  );
}

export function priceCheck(list: string, days: number): Check {
  const text = `prices: ${list}, ${days} days old`;
  return days > STALE_PRICES_DAYS
    ? warn('prices', text, 'update llm-bench, or bring a newer list by --catalog')
    : ok('prices', text);
}

const STALE_CALIBRATION_DAYS = 90;

/** What is known of this client; `current` is the one that would measure now. */
export function calibrationCheck(
  calibration: Calibration | undefined,
  current: CalibratedClient,
  epochMs: number,
): Check {
  if (calibration === undefined) {
    return warn('calibration', 'calibration: none', 'llm-bench calibrate says what this client can be trusted with');
  }
  const days = Math.floor((epochMs - Date.parse(calibration.measuredAtIso)) / MS_PER_DAY);
  const text = `calibration: ${days} ${days === 1 ? 'day' : 'days'} old`;
  if (!isSameClient(calibration, current)) {
    const theirs = `${calibration.version}, ${calibration.node}, ${calibration.cpuModel}`;
    return warn('calibration', `${text}, of another client (${theirs})`, 'run llm-bench calibrate anew');
  }
  if (days > STALE_CALIBRATION_DAYS) return warn('calibration', text, 'run llm-bench calibrate anew');
  const { streams, ratePerSecond } = limitsOf(calibration);
  return ok('calibration', `${text}: ${streams ?? 'no'} streams, ${ratePerSecond ?? 'no'} requests/s`);
}
