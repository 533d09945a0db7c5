// For tests of pages: a real browser, which must be there.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Starts the browser of this machine. Throws where there is none: a page that nobody opened is not tested. */
export async function startChromium(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const executablePath = [...folders, '/usr/bin', '/usr/local/bin']
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('these tests open pages in Chromium, and there is none: apt-get install chromium');
  }
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
