import { join } from "node:path";
import { triggerOf } from "../../scenarios/faults/fault.ts";
import type { ProcessSpecification } from "../../scenarios/plans/topology.ts";
import type { KeptProcess } from "../keeper/keeper.ts";
import { childEnvironment } from "./child-environment.ts";
import type { FleetRun } from "./fleet-run.ts";
import { openReportReader, type ReportReader } from "./report-reader.ts";
import type { Seat } from "./seat.ts";
import { startServiceProcess } from "./service-process.ts";

/** One incarnation of a process of the topology, and what is known of it by its reports. */
export interface Incarnation {
  readonly process: KeptProcess;
  readonly reports: ReportReader;
  up: boolean;
  /** Nothing can be done to it any more. */
  gone: boolean;
  /** Faults may fire in it. */
  armed: boolean;
  /** It was asked to disarm its faults. */
  asked: boolean;
  /** When the next is to start, when it died of a fault or was told to stop by one. */
  restartAfterMs: number | undefined;
  /** How many pauses have not ended yet. */
  pauses: number;
}

/**
 * Starts an incarnation with orders that hold at this moment. Its log goes on where the one before
 * left off; its report is a file of its own.
 *
 * @throws Error when it cannot be started
 */
export async function startIncarnation(
  { site, program, disarmed, faults: all }: FleetRun,
  specification: ProcessSpecification,
  ordinal: number,
): Promise<Incarnation> {
  const { keeper, seats, plan, folder } = site;
  const { name } = specification;
  const reportFile = join(folder, `${name}-${ordinal}.report`);
  const faults = disarmed ? [] : all.filter(({ fault }) => triggerOf(fault).on === "effect");
  // Before the child: a file that is there already is no report of it.
  const reports = openReportReader(reportFile);
  const starting = startServiceProcess(keeper, {
    name,
    program,
    environment: childEnvironment({
      specification,
      seat: seatOf(seats, name),
      knobs: plan.knobs,
      orders: { process: name, incarnation: ordinal, reportFile, mutant: plan.mutant, faults },
    }),
    logFile: join(folder, `${name}.log`),
  });
  const kept = await starting.catch((error: unknown) => {
    reports.close();
    throw error;
  });
  return {
    process: kept,
    reports,
    up: false,
    gone: false,
    armed: faults.length > 0,
    asked: false,
    restartAfterMs: undefined,
    pauses: 0,
  };
}

function seatOf(seats: ReadonlyMap<string, Seat>, name: string): Seat {
  const seat = seats.get(name);
  if (seat === undefined) {
    throw new Error(`there is no seat for ${name}`);
  }
  return seat;
}
