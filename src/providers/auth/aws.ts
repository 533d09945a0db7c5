import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { AppError } from '../../errors.ts';
import type { RequestSigning } from '../../model/target.ts';
import type { Lookup } from './token-source.ts';

export interface AwsInput {
  /** As signatures name it. */
  readonly service: string;
  /** Undefined: the variables of the AWS tools know it. */
  readonly region: string | undefined;
  readonly environment: Lookup;
}

/**
 * Keys that sign: those of the environment, else the profile's in the shared credentials file. Logins that end (SSO, roles, the
 * machine's own) are left to the AWS command line, which can write them into the environment. Rejects with KEY_UNAVAILABLE.
 */
export async function awsSigning({ service, region, environment }: AwsInput): Promise<RequestSigning> {
  const keys = keysOfEnvironment(environment) ?? (await keysOfProfile(environment, service));
  return { kind: 'aws-sigv4', service, region: region ?? regionOf(environment), ...keys };
}

type Keys = Pick<RequestSigning, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;

const ID = 'AWS_ACCESS_KEY_ID';
const SECRET = 'AWS_SECRET_ACCESS_KEY';

function keysOfEnvironment(environment: Lookup): Keys | undefined {
  const accessKeyId = environment(ID);
  const secretAccessKey = environment(SECRET);
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { accessKeyId, secretAccessKey, sessionToken: environment('AWS_SESSION_TOKEN') };
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  const [set, missing] = accessKeyId === undefined ? [SECRET, ID] : [ID, SECRET];
  return unavailable(`${set} is set, ${missing} is not`, `set both`);
}

async function keysOfProfile(environment: Lookup, service: string): Promise<Keys> {
  const named = environment('AWS_PROFILE') ?? environment('AWS_DEFAULT_PROFILE');
  const file =
    environment('AWS_SHARED_CREDENTIALS_FILE') ?? join(environment('HOME') ?? homedir(), '.aws', 'credentials');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Who logs in by SSO has no such file.
    if (error.code === 'ENOENT') return '';
    return unavailable(`cannot read ${file}: ${error.code ?? error.message}`, 'check its permissions');
  });
  const profile = parseProfile(text, named ?? 'default');
  const accessKeyId = profile['aws_access_key_id'];
  const secretAccessKey = profile['aws_secret_access_key'];
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, sessionToken: profile['aws_session_token'] || undefined };
  const option = named === undefined ? '' : ` --profile ${named}`;
  const exported = `eval "$(aws configure export-credentials${option} --format env)"`;
  const token = service === 'bedrock' ? ', or AWS_BEARER_TOKEN_BEDROCK' : '';
  const problem = named === undefined ? 'no access keys were found' : `profile ${named} has no access keys in ${file}`;
  return unavailable(problem, `set ${ID} and ${SECRET}${token}, or export those of your login: ${exported}`);
}

/** One section of the file, whose lines are written as those of `.env` files. */
function parseProfile(text: string, name: string): Readonly<Record<string, string | undefined>> {
  const lines: string[] = [];
  let isWithin = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) isWithin = section === name;
    else if (isWithin) lines.push(line);
  }
  return parseEnv(lines.join('\n'));
}

const REGION_VARIABLES = ['AWS_REGION', 'AWS_REGION_NAME', 'AWS_DEFAULT_REGION'];

function regionOf(environment: Lookup): string {
  const name = REGION_VARIABLES.find((variable) => environment(variable) !== undefined);
  const region = name === undefined ? undefined : environment(name);
  return region ?? unavailable('a signature needs a region', `set ${REGION_VARIABLES[0]}`);
}

function unavailable(problem: string, hint: string): never {
  throw new AppError('KEY_UNAVAILABLE', { giver: 'AWS', problem, hint });
}
