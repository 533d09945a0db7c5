/** Writes a result to stdout and waits until it is taken, so that exiting afterwards loses nothing. */
export function writeResult(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, (error) => {
      // The reader has gone (`| head`): it has what it wanted.
      if (error === null || error === undefined || (error as NodeJS.ErrnoException).code === 'EPIPE') resolve();
      else reject(error);
    });
  });
}

/** Says something to the person at the terminal. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Where a stream does not say how wide it is. */
const DEFAULT_COLUMNS = 80;

/** Width of a terminal in characters. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.columns ?? DEFAULT_COLUMNS;
}

/** Where a stream does not say how high it is. */
const DEFAULT_ROWS = 24;

/** Height of a terminal in lines. */
export function rowsOf(stream: NodeJS.WriteStream): number {
  return stream.rows ?? DEFAULT_ROWS;
}
