import { z } from 'zod';
import { DIALECT_IDS } from '../model/target.ts';
import { FAMILIES, type ProviderRow } from './provider-row.ts';

const AUTH =
  /^(?:native|bearer|none|google|ibm-iam|gigachat|databricks|snowflake|aws-sigv4:[a-z-]+|header:[a-z][a-z0-9-]*(?::[A-Za-z]+)?)$/;

const auth = z.string().regex(AUTH, 'is no way to authenticate; docs/providers.md lists them');
const variables = z.array(z.string().regex(/^[A-Za-z0-9_]+$/, 'is no name of a variable'));
const url = z
  .string()
  .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/, 'is not a URL that begins with http:// or https://');
const path = z.string().regex(/^(?:\/[^\s?#]*)?$/, 'is not a path that begins with /');
const header = z.string().regex(/^[a-z0-9-]+$/, 'is no name of a header in lower case');
const prefix = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'is no prefix: letters, digits, dots, dashes and underscores');
const dialect = z.enum(DIALECT_IDS, `is none of ${DIALECT_IDS.join(', ')}`);
const text = z.string().min(1);
const texts = z.record(z.string(), z.string());
const pattern = z.string().superRefine((source, context) => {
  try {
    new RegExp(source);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is no regular expression (${(error as Error).message})` });
  }
});

/** See `ProviderWay`. */
const way = {
  dialect,
  baseUrl: url.optional(),
  path: path.optional(),
  query: texts.optional(),
  headers: z.record(header, z.string()).optional(),
  body: texts.optional(),
  model: text.optional(),
  baseModel: text.optional(),
  isDeployment: z.boolean().optional(),
  auth: auth.optional(),
  keyVariables: variables.optional(),
  otherAuth: z.array(z.strictObject({ auth, keyVariables: variables.default([]) })).optional(),
  needsOneOf: z.array(text).optional(),
  verified: z.boolean().optional(),
  note: text.optional(),
  unsupported: text.optional(),
  wayAround: text.optional(),
};

const BOTH = { path: ['wayAround'], message: 'is needed where something is unsupported' };

function namesWayAround(given: { readonly unsupported?: unknown; readonly wayAround?: unknown }): boolean {
  return given.unsupported === undefined || given.wayAround !== undefined;
}

const route = z
  .strictObject({ ...way, dialect: dialect.optional(), models: pattern.optional(), base: pattern.optional() })
  .refine(namesWayAround, BOTH);

const placeholder = z.strictObject({
  option: z.enum(['region', 'project', 'apiVersion']).optional(),
  variables: variables.default([]),
  default: z.string().optional(),
});

/** Reads one row of the built-in catalog or of a user's file, and fills in what may be left out. */
export const providerRowSchema: z.ZodType<ProviderRow> = z
  .strictObject({
    ...way,
    prefixes: z.array(prefix).min(1),
    family: z.enum(FAMILIES).default('oai'),
    isKeyOptional: z.boolean().default(false),
    alsoKeyHeaders: z.array(header).default([]),
    baseVariables: variables.default([]),
    exampleBaseUrl: text.optional(),
    otherBaseUrls: z.array(url).default([]),
    trimBase: pattern.optional(),
    placeholders: z.record(z.string().regex(/^\w+$/, 'is no name of a placeholder'), placeholder).default({}),
    names: z.array(pattern).default([]),
    routes: z.array(route).default([]),
    maxTokensName: text.optional(),
    genaiPricesId: text.optional(),
    modelsDevId: text.optional(),
    knownAs: z.array(text).default([]),
    source: text.optional(),
  })
  .refine(namesWayAround, BOTH);
