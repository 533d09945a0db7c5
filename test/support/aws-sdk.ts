/** For tests: parts of the AWS SDK that its clients use themselves, found from where those lie. */
import { createRequire } from 'node:module';

const fromHere = createRequire(import.meta.url);
const fromSdk = createRequire(fromHere.resolve('@aws-sdk/client-bedrock-runtime'));

export interface SdkMessage {
  readonly headers: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;
  readonly body: Uint8Array;
}

/** Writes and reads messages of event streams. */
export function sdkCodec(): { encode(message: SdkMessage): Uint8Array; decode(bytes: Uint8Array): SdkMessage } {
  const { EventStreamCodec } = fromSdk('@smithy/core/event-streams');
  return new EventStreamCodec(
    (bytes: Uint8Array) => Buffer.from(bytes).toString(),
    (text: string) => new Uint8Array(Buffer.from(text)),
  );
}

export interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  /** Written in percent already. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export interface SdkSigning {
  readonly service: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string | undefined;
  };
}

/** The headers of a request after the SDK has signed it. */
export async function sdkSign(
  request: SdkRequest,
  signing: SdkSigning,
  signingDate: Date,
): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = fromSdk('@smithy/signature-v4');
  const { Hash } = fromSdk('@smithy/core/serde');
  const signer = new SignatureV4({ ...signing, applyChecksum: false, sha256: Hash.bind(null, 'sha256') });
  return (await signer.sign(request, { signingDate })).headers;
}

/** Has the SDK speak HTTP/1.1, whatever a client of it would choose. */
export function sdkHttpHandler(): never {
  const { NodeHttpHandler } = fromSdk('@smithy/node-http-handler');
  return new NodeHttpHandler() as never;
}
