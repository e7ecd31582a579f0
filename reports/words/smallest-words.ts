import type { Finding } from "../evidence/evidence.ts";
import { counted } from "./number-words.ts";

/** How small a smallest case is: `1 request and 0 faults, of which none can be left out`. */
export function smallestWords({ commands, faults, isMinimal }: Finding["smallest"]): string {
  const size = `${counted(commands, "request")} and ${counted(faults, "fault")}`;
  return isMinimal
    ? `${size}, of which none can be left out`
    : `${size}; whether one can be left out is not known`;
}
