import type { Parts } from "../system/process/parts.ts";
import type { runProcess } from "../system/process/run-process.ts";

/** The two modules of the services that a world runs. */
export interface ServiceModules {
  readonly runProcess: typeof runProcess;
  readonly shippedParts: Parts;
}

/** @throws TypeError when the modules do not export what the ones that ship do */
export function parseServiceModules(modules: {
  readonly processModule: unknown;
  readonly partsModule: unknown;
}): ServiceModules {
  const { processModule, partsModule } = modules;
  if (!hasExport(processModule, "runProcess") || !hasExport(partsModule, "shippedParts")) {
    throw new TypeError("the services' modules do not export runProcess and shippedParts");
  }
  // Checked: both are there, and a variant is the source that ships but for a patch inside it.
  return { ...(processModule as ServiceModules), ...(partsModule as ServiceModules) };
}

function hasExport(module: unknown, name: string): boolean {
  return typeof module === "object" && module !== null && name in module;
}
