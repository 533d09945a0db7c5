/** Text of others as text, in content and in attributes. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\0', '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A place in a picture; a tenth of a unit is less than a pixel. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A table with its caption, its first column being the heads of rows. Cells are markup already. */
export function table(options: {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}): string {
  const { caption, heads, rows } = options;
  const head = heads.map((text) => (text === '' ? '<td></td>' : `<th scope="col">${text}</th>`)).join('');
  const body = rows
    .map(([first = '', ...cells]) => {
      const rest = cells.map((cell) => `<td>${cell}</td>`).join('');
      return `<tr><th scope="row">${first}</th>${rest}</tr>`;
    })
    .join('\n');
  return scrollable(
    caption,
    `<table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`,
  );
}

/** Wide content that may be scrolled sideways, with the keyboard too. */
export function scrollable(label: string, content: string): string {
  return `<div class="scroll" role="group" aria-label="${label.replaceAll(/<[^>]+>/g, '')}" tabindex="0">${content}</div>`;
}

/** What lies behind a picture, folded away. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>${content}</details>`;
}

/** A picture with its heading, what it shows in words, and its numbers. */
export function figure(options: {
  readonly title: string;
  /** For those who do not see it; a plain sentence. */
  readonly description: string;
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  readonly data: string;
  readonly isWide?: boolean;
}): string {
  const { title, description, svg, width, height, caption, data } = options;
  const id = slug(title);
  const picture = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${escapeHtml(title)}</title><desc id="${id}-d">${escapeHtml(description)}</desc>${svg}</svg>`;
  const shown = options.isWide === true ? scrollable(escapeHtml(title), picture) : picture;
  return `<figure${options.isWide === true ? ' class="wide"' : ''}><h3>${escapeHtml(title)}</h3>${shown}<figcaption>${caption}</figcaption>${folded('Numbers behind this chart', data)}</figure>`;
}

/** A name for a place in the page. */
export function slug(title: string): string {
  return `f-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}
