import type { Parts } from "../../system/process/parts.ts";
import type { ProcessPorts } from "../../system/process/start-roles.ts";

/**
 * A known-bad variant of the services: proof that a promise can notice the defect. It replaces
 * parts of the services, or patches their source where a part is too coarse.
 */
export interface Mutant {
  readonly id: string;
  /** The defect, in one sentence. */
  readonly defect: string;
  /** The promise that must be seen to break; empty where any may. */
  readonly breaks: string;
  /** The scenario that notices it, and is tried alone; all of them where none is named. */
  readonly scenario?: string;
  /** The parts that it replaces in one process, which is given the ports of that process. */
  readonly parts?: (ports: ProcessPorts) => Partial<Parts>;
  /** Applied when the services are loaded; nothing in them knows of it. */
  readonly patches?: readonly SourcePatch[];
}

/** A piece of a file that stands there once, and what stands there instead. */
export interface SourcePatch {
  /** Its path in the project: `system/wallet/transfer.ts`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
