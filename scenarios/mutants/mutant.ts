import type { Parts } from "../../system/process/services.ts";

/** A known-bad variant of the services: proof that a promise can notice the defect. */
export interface Mutant {
  readonly id: string;
  /** The defect, in one sentence. */
  readonly defect: string;
  /** The promise that must be seen to break. */
  readonly breaks: string;
  /** The parts that it replaces. */
  readonly parts: Partial<Parts>;
}
