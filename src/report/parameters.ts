import type { Adjustment } from '../model/adjustment.ts';
import type {
  ParameterDescription,
  ParameterNote,
  ParameterProblem,
  ParameterSupport,
} from '../model/parameter-check.ts';
import type { JsonValue } from '../model/units.ts';
import type { Style } from './style.ts';
import { wrap } from './table.ts';

export interface ParametersReportInput {
  readonly description: ParameterDescription;
  /** Also what the target makes of every known parameter. */
  readonly withSupport: boolean;
  readonly style: Style;
  /** Width of the terminal. */
  readonly columns: number;
}

const INDENT = '  ';

/** What one target would be sent, for a terminal. Ends without a newline. */
export function renderParameters(input: ParametersReportInput): string {
  const { description, style, withSupport } = input;
  const { name, prefix, dialect, model, mode } = description;
  const isNamed = name === model || name === `${prefix}/${model}`;
  const where = [prefix ?? 'no known provider', dialect, ...(isNamed ? [] : [model]), mode].join(' · ');
  return [
    style.title(name),
    style.dim(where),
    ...renderOutcome(input),
    ...section(
      'notes',
      description.notes.flatMap((note) => renderNote(note, input)),
      style,
    ),
    ...(withSupport ? renderSupport(description.support, input) : []),
  ].join('\n');
}

function renderOutcome(input: ParametersReportInput): readonly string[] {
  const { description, style } = input;
  const { outcome } = description;
  if (outcome.kind === 'refused') {
    const problems = outcome.problems.flatMap((problem) => renderProblem(problem, input));
    const others = 'Or: --params adjust mends what can be mended, --params pass sends all as it is.';
    return [
      ...section(style.bad('refused: nothing would be sent'), problems, style),
      '',
      ...wrap(others, input.columns).map(style.dim),
    ];
  }
  const body = JSON.stringify(outcome.body, undefined, 2);
  return [
    ...section(
      'changed before it is sent',
      outcome.adjustments.flatMap((made) => renderAdjustment(made, input)),
      style,
    ),
    ...(body === '{}'
      ? ['', `${style.title('sent beside the prompt')}  nothing`]
      : section(
          'sent beside the prompt',
          body.split('\n').map((line) => INDENT + line),
          style,
        )),
  ];
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ['', style.title(title), ...lines];
}

function renderProblem(problem: ParameterProblem, input: ParametersReportInput): readonly string[] {
  const { parameter, value, reason, rule, source, wayOut, isVerified } = problem;
  const { style } = input;
  return [
    `${INDENT}${style.bad(parameter)} ${shorten(value)}`,
    ...block(reason, input),
    ...block(`→ ${wayOut}`, input),
    ...block(`rule ${rule}${isVerified ? '' : ' (unverified)'}: ${source}`, input).map(style.dim),
  ];
}

function renderAdjustment(
  { parameter, action, from, to, sentAs, reason, source }: Adjustment,
  input: ParametersReportInput,
): readonly string[] {
  const { style } = input;
  const before = from === null ? parameter : `${parameter} ${shorten(from)}`;
  const isSameName = sentAs === parameter;
  const isSameValue = JSON.stringify(from) === JSON.stringify(to);
  const after = [...(isSameName ? [] : [sentAs]), ...(isSameValue ? [] : [shorten(to ?? null)])].join(' ');
  const change = action === 'drop' ? before : `${before} → ${after}`;
  const word = action.padEnd('rename'.length);
  const head = `${INDENT}${action === 'rename' ? style.dim(word) : style.caution(word)}  ${change}`;
  if (action === 'rename') return [head];
  const from_ = source === 'llm-bench' ? [] : block(source, input).map(style.dim);
  return [head, ...block(reason, input), ...from_];
}

function renderNote({ parameter, text, source }: ParameterNote, input: ParametersReportInput): readonly string[] {
  const { style } = input;
  const [first = '', ...more] = wrap(
    parameter === undefined ? text : `${parameter}: ${text}`,
    input.columns - INDENT.length,
  );
  return [INDENT + first, ...more.map((line) => INDENT + line), ...block(source, input).map(style.dim)];
}

/** A paragraph under the line that it explains. */
function block(text: string, { columns }: ParametersReportInput): readonly string[] {
  const margin = INDENT.repeat(3);
  return wrap(text, columns - margin.length).map((line) => margin + line);
}

const STATES: readonly (readonly [ParameterSupport['status'], string])[] = [
  ['supported', 'takes'],
  ['refused', 'refuses'],
  ['unknown', 'not known, sent as it is'],
];

function renderSupport(support: readonly ParameterSupport[], input: ParametersReportInput): readonly string[] {
  const width = Math.max(...support.map(({ parameter }) => parameter.length));
  const groups = STATES.flatMap(([status, title]) => {
    const known = support.filter((one) => one.status === status);
    const told = known.filter((one) => status === 'supported' || one.remarks.length > 0);
    const bare = known.filter((one) => !told.includes(one)).map(({ parameter }) => parameter);
    const lines = [
      ...told.flatMap((one) => renderKnown(one, { input, width })),
      ...(bare.length === 0 ? [] : wrap(bare.join(', '), input.columns - INDENT.length).map((line) => INDENT + line)),
    ];
    return section(title, lines, input.style);
  });
  const rest = 'Parameters of other names are passed through as they are.';
  return [...groups, '', ...wrap(rest, input.columns).map(input.style.dim)];
}

function renderKnown(
  { parameter, status, range, default: fallback, sentAs, remarks }: ParameterSupport,
  { input, width }: { readonly input: ParametersReportInput; readonly width: number },
): readonly string[] {
  const { style, columns } = input;
  const facts = [
    ...(range === '' ? [] : [range]),
    ...(fallback === undefined ? [] : [`default ${typeof fallback === 'string' ? fallback : shorten(fallback)}`]),
    ...(sentAs === parameter || status === 'refused' ? [] : [`sent as ${sentAs}`]),
  ].join(' · ');
  const margin = ' '.repeat(INDENT.length + width + 2);
  const lines = [
    ...(facts === '' ? [] : wrap(facts, columns - margin.length)),
    ...remarks.flatMap(({ text, isVerified }) =>
      wrap(isVerified ? text : `${text} (unverified)`, columns - margin.length).map(style.dim),
    ),
  ];
  const [first = '', ...more] = lines;
  return [`${INDENT}${parameter.padEnd(width)}  ${first}`.trimEnd(), ...more.map((line) => margin + line)];
}

/** Long values are told by their beginning. */
function shorten(value: JsonValue): string {
  const text = JSON.stringify(value);
  const most = 48;
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
