import type { FrameStyle, FrameText } from './frame-style.ts';

/** One JSON text a line. */
export function createNdjsonFrame({ framing, lineEnd }: FrameStyle): FrameText {
  let isFirst = true;
  return ({ data }, isEnd) => {
    const mark = isFirst && framing.includes('bom') ? '\uFEFF' : '';
    isFirst = false;
    return `${mark}${data}${isEnd && framing.includes('no-final-newline') ? '' : lineEnd}`;
  };
}

/** One list that grows by an element an event; the event that marks the end closes it. */
export function createListFrame(): FrameText {
  let isFirst = true;
  return ({ kind, data }) => {
    const lead = isFirst ? '[' : kind === 'done' ? '' : '\n,\r\n';
    isFirst = false;
    return `${lead}${data}`;
  };
}
