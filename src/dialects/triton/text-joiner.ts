/**
 * `text_output` holds the new text, or all the text so far, as the backend was set up, and nothing says which. Told by whether a text
 * goes on with the one before: once it does, the texts are cumulative, until one does not; once it does not, they are pieces. A
 * text that is the same again tells nothing, and counts as a piece. The first pieces of an answer may by chance go on with each other
 * (`1`, then `12`); the next text sets that right, but one copy of the first is lost.
 */
export function createTextJoiner(): (text: string) => string {
  let mode: 'unknown' | 'cumulative' | 'pieces' = 'unknown';
  let before = '';
  return (text) => {
    if (mode === 'pieces' || text === '') return text;
    if (text === before) return mode === 'cumulative' ? '' : text;
    // Half a character stands for nothing that could go on.
    const stable = before.replace(/\uFFFD+$/, '');
    before = text;
    if (stable === '') return text;
    mode = text.startsWith(stable) ? 'cumulative' : 'pieces';
    return mode === 'cumulative' ? text.slice(stable.length) : text;
  };
}
