import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { wallClockIso } from '../../clock.ts';
import { recordsOf } from '../../contract/from-run-document.ts';
import type { RequestDocument, RunDocument } from '../../contract/run-document.ts';
import { runDocumentSchema } from '../../contract/run-document-schema.ts';
import { AppError } from '../../errors.ts';
import { METRICS_VERSION } from '../../metrics/catalogue.ts';
import type { ImportOrigin } from '../../model/imported.ts';
import type { Run } from '../../model/run.ts';
import { freshSeed } from '../../random.ts';
import type { Store } from '../../store/store.ts';
import type { AppContext } from '../context.ts';
import { describeEnvironment } from '../environment.ts';
import { rebuildWindows } from '../rebuild-windows.ts';
import { type ForeignRun, isRecord } from './foreign.ts';
import { planOf } from './plan-of-foreign.ts';
import { isAiperf, readAiperf } from './read-aiperf.ts';
import { isGuidellm, readGuidellm } from './read-guidellm.ts';
import { isVllm, readVllm } from './read-vllm.ts';

export interface ImportInput {
  readonly db: string;
  readonly file: string;
  /** Undefined: the id in the file where it is ours, else a fresh one. */
  readonly runId: string | undefined;
}

export interface Imported {
  readonly id: string;
  readonly tool: ImportOrigin['tool'];
}

/** Takes in a result file; several runs where it holds several. Rejects with FILE_UNREADABLE, IMPORT_UNUSABLE, RUN_ID_TAKEN or STORE_*. */
export async function importFile(context: AppContext, { db, file, runId }: ImportInput): Promise<readonly Imported[]> {
  const content = await readContent(file);
  const store = await context.openStore(db, 'write');
  try {
    if (content.kind === 'ours') return [await importOurs(store, content.document, { file, runId })];
    const id = runId ?? `import-${freshSeed().toString(16).padStart(8, '0')}`;
    const imported: Imported[] = [];
    for (const [index, foreign] of content.runs.entries()) {
      const name = content.runs.length === 1 ? id : `${id}.${index + 1}`;
      imported.push(await importForeign(context, store, { foreign, id: name, file }));
    }
    return imported;
  } finally {
    await store.close();
  }
}

type Content =
  | { readonly kind: 'ours'; readonly document: RunDocument }
  | { readonly kind: 'foreign'; readonly runs: readonly ForeignRun[] };

async function readContent(file: string): Promise<Content> {
  const unusable = (problem: string): AppError => new AppError('IMPORT_UNUSABLE', { file, problem });
  const json = /\.(?:jsonl|ndjson)$/i.test(file) ? await readLines(file, unusable) : await readJson(file, unusable);
  if (!isRecord(json)) throw unusable('it holds no object');
  if (isVllm(json)) return { kind: 'foreign', runs: [readVllm(json)] };
  if (isGuidellm(json)) return { kind: 'foreign', runs: readGuidellm(json) };
  if (isAiperf(json)) return { kind: 'foreign', runs: [readAiperf(json)] };
  const parsed = runDocumentSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const isOurs = String(json['schema']).startsWith('llm-bench/');
    throw unusable(isOurs ? `${issue?.message} at ${issue?.path.join('.')}` : 'nothing in it tells whose result it is');
  }
  if (parsed.data.requests === undefined) throw unusable('its requests are missing (--include requests)');
  return { kind: 'ours', document: parsed.data };
}

async function readJson(file: string, unusable: (problem: string) => AppError): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('FILE_UNREADABLE', { file, reason: (error as Error).message }, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('it is not JSON');
  }
}

/** Lines as `report export` writes them: requests, and the run. */
async function readLines(file: string, unusable: (problem: string) => AppError): Promise<unknown> {
  const requests: RequestDocument[] = [];
  let run: Record<string, unknown> | undefined;
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue;
      const { kind, ...content } = JSON.parse(line) as Record<string, unknown>;
      if (kind === 'request') requests.push(content as unknown as RequestDocument);
      else if (kind === 'run') run = content;
      else throw unusable('it has lines that are neither a request nor a run of ours');
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw unusable('it has a line that is not JSON');
    if (error instanceof AppError) throw error;
    throw new AppError('FILE_UNREADABLE', { file, reason: (error as Error).message }, { cause: error });
  }
  if (run === undefined) throw unusable('the line of the run is missing');
  return { ...run, requests };
}

function originOf(tool: ImportOrigin['tool'], file: string): ImportOrigin {
  const importedAtIso = wallClockIso();
  return { tool, toolVersion: undefined, file: basename(file), importedAtIso, figures: [], facts: [] };
}

const AT_ONCE = 1_000;

async function importOurs(
  store: Store,
  document: RunDocument,
  { file, runId }: Pick<ImportInput, 'file' | 'runId'>,
): Promise<Imported> {
  const { id, startedAt, version, metricsVersion, environment, state, durationMs, labels, group } = document.run;
  const run: Run = {
    ...{ id: runId ?? id, startedAtIso: startedAt, version, metricsVersion, plan: document.plan },
    environment: { calibration: undefined, ...environment },
    group: group && { ...group, steps: group.steps ?? undefined },
    labels: labels ?? [],
    imported: { ...originOf('llm-bench', file), toolVersion: version },
  };
  const records = (recordsOf(document) ?? []).toSorted((a, b) => a.id - b.id);
  await store.createRun(run);
  for (let start = 0; start < records.length; start += AT_ONCE) {
    await store.append(run.id, { records: records.slice(start, start + AT_ONCE), windows: [], progress: [] });
  }
  await store.append(run.id, { records: [], windows: await rebuildWindows(store, run, []), progress: [] });
  await store.finishRun(run.id, { state: state === 'running' ? 'interrupted' : state, durationMs });
  return { id: run.id, tool: 'llm-bench' };
}

async function importForeign(
  context: AppContext,
  store: Store,
  { foreign, id, file }: { readonly foreign: ForeignRun; readonly id: string; readonly file: string },
): Promise<Imported> {
  const { tool, toolVersion, figures, facts } = foreign;
  const run: Run = {
    id,
    startedAtIso: foreign.startedAtIso ?? wallClockIso(),
    version: context.version,
    metricsVersion: METRICS_VERSION,
    plan: planOf(foreign, basename(file)),
    environment: describeEnvironment(),
    group: undefined,
    labels: [],
    imported: { ...originOf(tool, file), toolVersion, figures, facts },
  };
  await store.createRun(run);
  await store.finishRun(id, { state: 'completed', durationMs: foreign.durationMs ?? 0 });
  return { id, tool };
}
