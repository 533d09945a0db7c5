// Checks rules 1–7 of ARCHITECTURE.md; the table itself stands in floors.ts.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBadNames, findReservedUses } from './code-rules.ts';
import { MODEL_SHARE, PACKAGE_OWNERS, ROOMS } from './floors.ts';
import { findCircles, findImports, type Import } from './import-graph.ts';
import { judgeImport, roomOf } from './import-rules.ts';
import { listFiles, readSourceFiles, type SourceFile } from './source-files.ts';
import { countLines } from './source-text.ts';

export interface FloorReport {
  /** One line each: `src/a.ts:12 imports src/b.ts: …`. Empty when the house stands. */
  readonly violations: readonly string[];
  /** Tests excluded. */
  readonly files: number;
  /** Imports of one file of ours by another, each pair once; tests excluded. */
  readonly edges: number;
}

export function checkFloors(root: string): FloorReport {
  const files = readSourceFiles(root, ['src', 'web/src']);
  const modules = files.filter((file) => !file.isTest);
  const imports = modules.flatMap((file) => findImports(root, file));
  const edges = edgesOf(modules, imports);
  const edgeCount = [...edges.values()].reduce((sum, targets) => sum + targets.size, 0);
  const violations = [
    ...judgeImports(imports),
    ...judgeTests(root, files),
    ...findUnknownRooms(modules),
    ...describeCircles(edges, imports),
    ...files.flatMap(findReservedUses),
    ...findBadNames(listFiles(root, ['src', 'web/src', 'test', 'scripts', 'bench'])),
    ...findUnownedPackages(root),
    ...judgeModelShare(modules),
    ...judgeGraph(modules.length, edgeCount),
  ];
  return { violations, files: modules.length, edges: edgeCount };
}

function judgeImports(imports: readonly Import[]): string[] {
  return imports.flatMap((imported) => {
    const verdict = judgeImport(imported);
    return verdict === undefined ? [] : [`${imported.from}:${imported.line} ${verdict}`];
  });
}

/** A test may import whatever it likes, so long as it is there. */
function judgeTests(root: string, files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.isTest)
    .flatMap((file) => findImports(root, file))
    .flatMap(({ from, line, target }) =>
      target.kind === 'file' && !target.exists ? [`${from}:${line} imports ${target.path}, which does not exist`] : [],
    );
}

function findUnknownRooms(modules: readonly SourceFile[]): string[] {
  const unknown = new Set(modules.map(({ path }) => roomOf(path)).filter((room) => room && !ROOMS[room]));
  return [...unknown].map((room) => `src/${room} stands on no floor: add it to the table in scripts/floors.ts`);
}

function edgesOf(modules: readonly SourceFile[], imports: readonly Import[]): Map<string, Set<string>> {
  const edges = new Map(modules.map(({ path }) => [path, new Set<string>()]));
  for (const { from, target } of imports)
    if (target.kind === 'file' && target.exists) edges.get(from)?.add(target.path);
  return edges;
}

function describeCircles(edges: ReadonlyMap<string, ReadonlySet<string>>, imports: readonly Import[]): string[] {
  return findCircles(edges).map((circle) => {
    const [first, second] = circle;
    const step = imports.find(({ from, target }) => from === first && target.kind === 'file' && target.path === second);
    return `${first}:${step?.line ?? 1} is part of a circle: ${circle.join(' → ')}`;
  });
}

function findUnownedPackages(root: string): string[] {
  const path = join(root, 'package.json');
  if (!existsSync(path)) return [];
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest)) return [];
  return Object.keys(manifest.dependencies ?? {})
    .filter((name) => PACKAGE_OWNERS[name] === undefined)
    .map((name) => `package.json: say in scripts/floors.ts which folder owns ${name}`);
}

function judgeModelShare(modules: readonly SourceFile[]): string[] {
  const ours = modules.filter(({ path }) => path.startsWith('src/'));
  const sum = (files: readonly SourceFile[]): number => files.reduce((lines, { text }) => lines + countLines(text), 0);
  const all = sum(ours);
  const ratio = sum(ours.filter(({ path }) => path.startsWith('src/model/'))) / all;
  if (all <= MODEL_SHARE.enforcedAboveLines || ratio < MODEL_SHARE.maxRatio) return [];
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return [`src/model is ${percent(ratio)} of src by lines: it stays under ${percent(MODEL_SHARE.maxRatio)}`];
}

/** A scanner that finds nothing would let everything pass. */
function judgeGraph(files: number, edges: number): string[] {
  if (files === 0) return ['the check found no source file: it is broken, or runs in the wrong folder'];
  if (edges >= files) return [];
  return [`the check found ${edges} imports in ${files} files: fewer than files, so it must have missed some`];
}

if (import.meta.main) {
  const { violations, files, edges } = checkFloors(join(import.meta.dirname, '..'));
  for (const violation of violations) process.stdout.write(`${violation}\n`);
  if (violations.length === 0) process.stdout.write(`floors: ${files} files, ${edges} imports, no violation\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
