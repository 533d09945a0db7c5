import { inlineWorkload, openWorkload, type Workload } from '../workloads/open.ts';

/** Prompts from a file, or given on the spot. Throws the FILE_* codes. */
export async function loadPrompts(
  from: { readonly file: string } | { readonly texts: readonly string[] },
): Promise<Workload> {
  return 'file' in from ? openWorkload(from.file) : inlineWorkload(from.texts);
}
