// Writes the documents that come from the code: docs/metrics.md, docs/parameters.md, docs/providers.md and docs/schema/run-1.json.
import { writeFileSync } from 'node:fs';
import { runDocumentJsonSchema } from '../src/contract/run-document-schema.ts';
import { metricsDoc } from './metrics-doc.ts';
import { parametersDoc } from './parameters-doc.ts';
import { providersDoc } from './providers-doc.ts';

writeFileSync(new URL('../docs/metrics.md', import.meta.url), metricsDoc());
writeFileSync(new URL('../docs/parameters.md', import.meta.url), parametersDoc());
writeFileSync(new URL('../docs/providers.md', import.meta.url), providersDoc());
writeFileSync(new URL('../docs/schema/run-1.json', import.meta.url), runDocumentJsonSchema());
