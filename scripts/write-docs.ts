// Writes the documents that come from the code: docs/metrics.md, docs/parameters.md, docs/providers.md, docs/schema, docs/plan.schema.json and docs/cli.md.
import { writeFileSync } from 'node:fs';
import { settingsJsonSchema } from '../src/app/settings-file/schema.ts';
import { fileKeys, PLAN_SCHEMA_ID } from '../src/cli/config/settle.ts';
import { comparisonDocumentJsonSchema } from '../src/contract/comparison-document-schema.ts';
import { runDocumentJsonSchema } from '../src/contract/run-document-schema.ts';
import { cliDoc } from './cli-doc.ts';
import { metricsDoc } from './metrics-doc.ts';
import { parametersDoc } from './parameters-doc.ts';
import { providersDoc } from './providers-doc.ts';

writeFileSync(new URL('../docs/metrics.md', import.meta.url), metricsDoc());
writeFileSync(new URL('../docs/parameters.md', import.meta.url), parametersDoc());
writeFileSync(new URL('../docs/providers.md', import.meta.url), providersDoc());
writeFileSync(new URL('../docs/schema/run-1.json', import.meta.url), runDocumentJsonSchema());
writeFileSync(new URL('../docs/schema/comparison-1.json', import.meta.url), comparisonDocumentJsonSchema());
writeFileSync(new URL('../docs/plan.schema.json', import.meta.url), settingsJsonSchema(fileKeys(), PLAN_SCHEMA_ID));
writeFileSync(new URL('../docs/cli.md', import.meta.url), await cliDoc());
