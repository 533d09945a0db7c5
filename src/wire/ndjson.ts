/** Lines of JSON, one object a line (https://github.com/ndjson/ndjson-spec): Ollama's stream. */
export interface NdjsonFramer {
  /** Calls back during the call for every line that these bytes complete; blank lines are passed over. The bytes are not kept. */
  push(bytes: Uint8Array): void;
  /** The body has ended: delivers a last line without its end. */
  end(): void;
}

const LF = 0x0a;

export function createNdjsonFramer(onLine: (line: string) => void): NdjsonFramer {
  /** Pieces of a line whose end has not come: joined once, since appending to one buffer is quadratic for a long line. */
  let pieces: Uint8Array[] = [];
  const deliver = (tail: Uint8Array): void => {
    // `trim` takes a byte order mark for white space.
    const line = Buffer.concat([...pieces, tail])
      .toString('utf8')
      .trim();
    pieces = [];
    if (line !== '') onLine(line);
  };
  return {
    push(bytes) {
      let start = 0;
      for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
        deliver(bytes.subarray(start, end));
        start = end + 1;
      }
      // A new array: `slice` of a Buffer would go on looking at the lent bytes.
      if (start < bytes.length) pieces.push(new Uint8Array(bytes.subarray(start)));
    },
    end() {
      if (pieces.length > 0) deliver(new Uint8Array(0));
    },
  };
}
