import { arch, cpus, platform, totalmem } from 'node:os';
import type { ClientEvidence } from '../model/calibration.ts';
import type { Environment } from '../model/run.ts';

/** The machine, as far as numbers depend on it. No names of hosts or people. */
export function describeEnvironment(transport: string, calibration?: ClientEvidence): Environment {
  const processors = cpus();
  return {
    node: process.version,
    platform: platform(),
    arch: arch(),
    cpuModel: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryBytes: totalmem(),
    transport,
    calibration,
  };
}
