import { createHash } from 'node:crypto';
import { escapeHtml } from './markup.ts';
import { SCRIPT, STYLE_SHEET } from './style-sheet.ts';

export interface Section {
  /** Its place in the page. */
  readonly id: string;
  readonly title: string;
  readonly content: string;
}

export interface Page {
  /** Plain text. */
  readonly title: string;
  /** Markup: what stands beside the title, and under it. */
  readonly badge: string;
  readonly subtitle: string;
  readonly sections: readonly Section[];
  readonly version: string;
}

/**
 * One file without any reference outside itself: its policy lets the browser load nothing, and run and apply only what stands in it, by
 * hash.
 */
export function renderPage({ title, badge, subtitle, sections, version }: Page): string {
  const shown = sections.filter(({ content }) => content !== '');
  const policy = `default-src 'none'; style-src '${hashOf(STYLE_SHEET)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="llm-bench ${escapeHtml(version)}">
<title>${escapeHtml(title)} – llm-bench</title>
<style>${STYLE_SHEET}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="page">
<header>
<div class="top"><div><h1>${escapeHtml(title)} ${badge}</h1>${subtitle}</div><button id="theme" type="button" hidden>Theme</button></div>
<nav aria-label="Sections"><ul>${shown.map(({ id, title: name }) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`).join('')}</ul></nav>
</header>
<main id="content">
${shown.map(({ id, title: name, content }) => `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(name)}</h2>${content}</section>`).join('\n')}
</main>
<footer>Written by llm-bench ${escapeHtml(version)}. What each number means: docs/metrics.md. Quantiles are of type 7; intervals cover the true value in 95 of 100 repetitions, for requests that do not depend on each other.</footer>
</div>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
