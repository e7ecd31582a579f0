import type { Schedule } from "../../scenarios/plans/schedule.ts";
import { Random } from "../kernel/random.ts";
import { atRandom } from "../kernel/scheduling/at-random.ts";
import { fifo } from "../kernel/scheduling/fifo.ts";
import { listed } from "../kernel/scheduling/listed.ts";
import { pct } from "../kernel/scheduling/pct.ts";
import type { SchedulingStrategyFactory } from "../kernel/scheduling/scheduling-strategy.ts";

/** The strategy of a plan's schedule. It draws from the schedule's own seed. */
export function schedulingOf(schedule: Schedule): SchedulingStrategyFactory {
  switch (schedule.kind) {
    case "fifo":
      return fifo;
    case "random":
      return () => atRandom(schedule)(new Random(String(schedule.seed)));
    case "pct":
      return () => pct(schedule)(new Random(String(schedule.seed)));
    case "listed":
      return listed(schedule);
  }
}
