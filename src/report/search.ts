import type { RuleStanding, ShareRule } from '../metrics/level-evidence.ts';
import { fewestToBeSure } from '../metrics/level-evidence.ts';
import type { LevelStanding, SearchConclusion } from '../metrics/search.ts';
import type { Target } from '../model/target.ts';
import { formatNumber, formatRatio, UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { renderTable, wrap } from './table.ts';

export interface SearchReportInput {
  readonly groupId: string;
  readonly axis: 'rate' | 'concurrency';
  readonly target: Target | undefined;
  readonly rules: readonly ShareRule[];
  readonly looks: number;
  readonly conclusion: SearchConclusion;
  readonly runs: number;
  /** Runs that say nothing of the server. */
  readonly doubts: readonly { readonly level: number; readonly why: string }[];
  readonly style: Style;
  readonly columns: number;
}

/** A search for a terminal of 80 columns or more: the answer first, then how it was come by. */
export function renderSearch(input: SearchReportInput): string {
  const { groupId, target, conclusion, runs, style, columns } = input;
  const name = target === undefined ? '' : `${target.provider} · ${target.model}`;
  return [
    `${style.title(`Search ${groupId}`)}  ${conclusion.kind} after ${runs} ${runs === 1 ? 'run' : 'runs'}`,
    style.dim(name),
    '',
    ...answerLines(input).flatMap((line, index) =>
      wrap(line, columns).map((text) => (index === 0 ? style.title(text) : text)),
    ),
    '',
    ...levelTable(input),
    ...doubtLines(input),
  ].join('\n');
}

/** The answer as sentences. */
export function answerLines(input: SearchReportInput): readonly string[] {
  const { conclusion, axis } = input;
  const { kind, kept, missed } = conclusion;
  const at = (level: number | undefined): string => levelName(axis, level);
  const lines: Readonly<Record<SearchConclusion['kind'], () => readonly string[]>> = {
    found: () => [`the highest ${axis} that keeps the objectives is ${at(kept)}`, whyMissed(input)],
    open: () => [`${at(kept)} keeps the objectives, and no higher one was allowed: raise --to`],
    none: () => [`not even ${at(missed)} keeps the objectives`, whyMissed(input)],
    client: () => [
      `${at(kept)} keeps the objectives; this client could not drive more`,
      'what the server can do beyond is not known: free this machine, or measure from another one',
    ],
    unmeasured: () => ['this client could not drive even the lowest level: nothing is known of the server'],
    unfinished: () => [
      kept === undefined
        ? 'the search did not come far enough to say anything'
        : `${at(kept)} keeps the objectives, so far`,
      ...(missed === undefined ? [] : [whyMissed(input)]),
    ],
  };
  return [...lines[kind](), ...sureLines(input)];
}

function whyMissed({ conclusion: { levels, missed }, axis }: SearchReportInput): string {
  const level = levels.find((one) => one.level === missed);
  const beyond = (level?.rules ?? []).filter(({ state }) => state === 'missed');
  const why = [
    ...beyond.map(
      ({ rule, share }) => `${rule.text} (${formatRatio(share)} beyond, ${formatRatio(rule.allowed)} may be)`,
    ),
  ];
  const name = levelName(axis, missed);
  if (why.length > 0) return `${name} misses ${why.join(', ')}`;
  return level?.isOverloaded === true
    ? `${name} is too much: requests piled up`
    : `${name} misses them: no request could be judged`;
}

function sureLines({ conclusion, axis, rules, looks }: SearchReportInput): readonly string[] {
  const { surelyKept, surelyMissed, levels } = conclusion;
  if (levels.length === 0) return [];
  const needed = Math.max(
    0,
    ...rules.filter(({ isGuard }) => isGuard !== true).map((rule) => fewestToBeSure(rule, looks)),
  );
  const few = levels.some(({ isSure, state }) => !isSure && state === 'kept');
  const hint = few
    ? [`a level is surely kept from ${needed} requests on, if none is beyond: raise --duration or --repeats`]
    : [];
  const [low, high] = [levelName(axis, surelyKept), levelName(axis, surelyMissed)];
  if (surelyKept !== undefined && surelyMissed !== undefined) {
    return [`sure to 95 %: the true edge lies between ${low} and ${high}`];
  }
  if (surelyKept !== undefined) return [`sure to 97.5 %: the true edge lies at ${low} or above`, ...hint];
  if (surelyMissed !== undefined) return [`sure to 97.5 %: the true edge lies below ${high}`, ...hint];
  return ['no level is sure', ...hint];
}

/** `12.5 requests/s`, `16 at a time`. */
export function levelName(axis: SearchReportInput['axis'], level: number | undefined): string {
  return axis === 'rate' ? `${formatNumber(level)} requests/s` : `${formatNumber(level)} at a time`;
}

function levelTable({ conclusion, rules, axis, style }: SearchReportInput): readonly string[] {
  const head = [axis, 'runs', ...rules.map(shortName), 'requests', 'verdict'].map((text) => style.dim(text));
  const allowed = ['', '', ...rules.map((rule) => `≤ ${formatRatio(rule.allowed)}`), '', ''].map((text) =>
    style.dim(text),
  );
  const rows = conclusion.levels.map((level) => [
    formatNumber(level.level),
    String(level.trials),
    ...rules.map((_, index) => shareCell(level.rules[index])),
    formatNumber(Math.max(0, ...level.rules.map(({ n }) => n))),
    verdictCell(level),
  ]);
  return [style.dim('requests beyond each limit, by level'), ...renderTable([head, allowed, ...rows])];
}

/** `ttft.p95` of `ttft.p95 ≤ 500 ms`. */
function shortName({ text }: ShareRule): string {
  return text.split(' ')[0] ?? text;
}

function shareCell(standing: RuleStanding | undefined): string {
  return standing?.share === undefined ? UNDEFINED : formatRatio(standing.share);
}

function verdictCell({ state, isSure, isOverloaded }: LevelStanding): string {
  if (state === 'void') return 'invalid';
  if (isOverloaded) return 'overloaded';
  return isSure ? state : `${state}?`;
}

function doubtLines({ doubts, conclusion, axis, style, columns }: SearchReportInput): readonly string[] {
  const voids = new Set(conclusion.levels.filter(({ state }) => state === 'void').map(({ level }) => level));
  const lost = doubts.filter(({ level }) => voids.has(level));
  const others = doubts.length - lost.length;
  const whys = new Map(lost.map(({ level, why }) => [level, why]));
  const lines = [
    ...[...whys].map(([level, why]) => `! ${levelName(axis, level)} is invalid: ${why}`),
    ...(others === 0
      ? []
      : [
          `! left out, for our own side was too slow: ${others} ${others === 1 ? 'run' : 'runs'} of levels that were tried again`,
        ]),
  ];
  if (lines.length === 0) return [];
  return ['', ...lines.flatMap((line) => wrap(line, columns)).map((line) => style.bad(line))];
}
