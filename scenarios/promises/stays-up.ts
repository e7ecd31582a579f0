import { HEAL_MS_MIN } from "./least-bounds.ts";
import type { Breach, Ending, SystemPromise } from "./system-promise.ts";

export const staysUp: SystemPromise = {
  name: "stays-up",
  sentence: `A process ends only when it is killed or told to stop, and once the faults have stopped every process is up within ${HEAL_MS_MIN / 1_000} s, or longer after long outages.`,
  judged: "at the end, for every process",
  atEnd: (ending) => ending.processes.flatMap((process) => judge(process, ending)),
  outOf: ({ processes }) => [{ count: processes.length, noun: "processes" }],
};

function judge(process: string, { exits, notUp, healBoundMs }: Ending): readonly Breach[] {
  const ends = exits.filter((exit) => exit.process === process);
  const [first] = ends;
  const times = ends.length === 1 ? "" : `${ends.length} times, first `;
  const found = [
    ...(notUp.includes(process)
      ? [`is not up ${healBoundMs / 1_000} s after the faults stopped`]
      : []),
    ...(first === undefined
      ? []
      : [`ended by itself ${times}at ${first.atMs} ms: ${first.reason}`]),
  ];
  return found.length === 0 ? [] : [{ subject: `process ${process}`, found: found.join(", and ") }];
}
