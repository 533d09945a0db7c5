import type { Style } from './style.ts';
import { wrap } from './table.ts';

interface Check {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly text: string;
  readonly todo: string | undefined;
}

const MARGIN = '      ';

/** A line a check, with what to do below it. */
export function renderChecks(
  checks: readonly Check[],
  { style, columns }: { readonly style: Style; readonly columns: number },
): string {
  const words: Readonly<Record<Check['level'], string>> = {
    ok: style.good('ok  '),
    warn: style.caution('warn'),
    fail: style.bad('FAIL'),
  };
  const lines = checks.flatMap(({ level, text, todo }) => {
    const [first = '', ...more] = wrap(text, columns - MARGIN.length);
    const next = todo === undefined ? [] : wrap(`→ ${todo}`, columns - MARGIN.length);
    return [
      `${words[level]}  ${first}`,
      ...more.map((line) => MARGIN + line),
      ...next.map((line) => MARGIN + style.dim(line)),
    ];
  });
  const count = (level: Check['level']): number => checks.filter((check) => check.level === level).length;
  const sum = `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} wrong`;
  return [...lines, '', count('fail') > 0 ? style.bad(sum) : sum].join('\n');
}
