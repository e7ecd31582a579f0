import type { Parts } from "../system/process/parts.ts";
import type { ProcessPorts } from "../system/process/start-roles.ts";
import { findAnyMutant } from "./find-mutant.ts";
import { loadServiceCode, shippedCode, type ServiceCode } from "./service-code.ts";

/** The code that the processes of a plan run, with the parts of its mutant in place. */
export interface PlanCode extends Omit<ServiceCode, "shippedParts"> {
  /** What a process with those ports runs. */
  readonly partsOf: (ports: ProcessPorts) => Parts;
}

/**
 * Loads the code of a mutant, once in each thread; null is the code that ships.
 *
 * @throws Error when there is no such mutant
 */
export async function codeOfPlan({ mutant: id }: { mutant: string | null }): Promise<PlanCode> {
  const known = loaded.get(id);
  if (known !== undefined) {
    return known;
  }
  const mutant = id === null ? null : findAnyMutant(id);
  if (mutant === undefined) {
    throw new Error(`there is no mutant ${id}`);
  }
  const code = mutant === null ? shippedCode : await loadServiceCode(mutant);
  const planCode = {
    ...code,
    partsOf: (ports: ProcessPorts) => ({ ...code.shippedParts, ...mutant?.parts?.(ports) }),
  };
  loaded.set(id, planCode);
  return planCode;
}

const loaded = new Map<string | null, PlanCode>();
