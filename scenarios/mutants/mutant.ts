import type { Parts } from "../../system/process/parts.ts";
import type { ProcessPorts } from "../../system/process/start-roles.ts";

/** A known-bad variant of the services: proof that a promise can notice the defect. */
export interface Mutant {
  readonly id: string;
  /** The defect, in one sentence. */
  readonly defect: string;
  /** The promise that must be seen to break. */
  readonly breaks: string;
  /** The parts that it replaces in one process, which is given the ports of that process. */
  readonly parts: (ports: ProcessPorts) => Partial<Parts>;
}
