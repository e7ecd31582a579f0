import type { Answer, ErrorAnswer, Oracle, OracleSession } from "../servers/oracle.ts";
import { printResult } from "./print-result.ts";
import type { IsolationSpec, PermutationStep, SpecSession, SpecStep } from "./spec-file.ts";

/** isolationtester looks this often whether a step waits. */
const POLL_MS = 10;
/** After so long it cancels a step. */
const STEP_WAIT_MS_MAX = 300_000;

/** What one permutation printed, or why it could not be played to its end. */
export interface PermutationRun {
  /** The names of the steps, as the line that announces it has them. */
  readonly name: string;
  /** What follows that line. */
  readonly output: string;
  readonly refusal: string | null;
  readonly breakdown: string | null;
}

/** The permutations of a spec, in order; all interleavings when it names none. */
export function permutationsOf(spec: IsolationSpec): readonly (readonly PermutationStep[])[] {
  return spec.permutations.length > 0 ? spec.permutations : allInterleavings(spec);
}

function allInterleavings({ sessions }: IsolationSpec): PermutationStep[][] {
  const found: PermutationStep[][] = [];
  const extend = (taken: readonly number[], steps: readonly PermutationStep[]): void => {
    let isComplete = true;
    for (const [at, session] of sessions.entries()) {
      const next = session.steps[taken[at] ?? 0];
      if (next !== undefined) {
        isComplete = false;
        extend(taken.with(at, (taken[at] ?? 0) + 1), [...steps, { name: next.name, blockers: [] }]);
      }
    }
    if (isComplete) {
      found.push([...steps]);
    }
  };
  extend(
    sessions.map(() => 0),
    [],
  );
  return found;
}

/** Plays the permutations of one spec over the same connections, as isolationtester.c does. */
export interface SpecRunner {
  run(permutation: readonly PermutationStep[]): Promise<PermutationRun>;
}

/** Opens the connections that the spec needs. */
export async function createSpecRunner(oracle: Oracle, spec: IsolationSpec): Promise<SpecRunner> {
  const control = await oracle.open();
  const seats: Seat[] = [];
  for (const session of spec.sessions) {
    seats.push({ session, connection: await oracle.open(), active: null, notices: 0 });
  }
  return {
    async run(permutation) {
      const tester = new Tester(oracle, spec, control, seats);
      const name = permutation.map((step) => step.name).join(" ");
      try {
        await tester.play(permutation);
        return { name, output: tester.output, refusal: null, breakdown: null };
      } catch (error) {
        if (error instanceof Unplayable) {
          const { refusal, breakdown } = error;
          return { name, output: tester.output, refusal, breakdown };
        }
        throw error;
      }
    },
  };
}

/** The engine refused something, or the permutation cannot go on. */
class Unplayable extends Error {
  readonly refusal: string | null;
  readonly breakdown: string | null;

  constructor({ refusal, breakdown }: { refusal?: string; breakdown?: string }) {
    super(refusal ?? breakdown ?? "");
    this.refusal = refusal ?? null;
    this.breakdown = breakdown ?? null;
  }
}

/** One session of the spec with its connection. */
interface Seat {
  readonly session: SpecSession;
  readonly connection: OracleSession;
  active: Launched | null;
  notices: number;
}

/** A step that was sent. */
interface Launched {
  readonly step: SpecStep;
  readonly seat: Seat;
  readonly blockers: PermutationStep["blockers"];
  readonly noticesWanted: ReadonlyMap<Seat, number>;
}

class Tester {
  output = "";
  readonly #oracle: Oracle;
  readonly #spec: IsolationSpec;
  readonly #control: OracleSession;
  readonly #seats: readonly Seat[];
  #hasNewNotice = false;

  constructor(oracle: Oracle, spec: IsolationSpec, control: OracleSession, seats: readonly Seat[]) {
    this.#oracle = oracle;
    this.#spec = spec;
    this.#control = control;
    this.#seats = seats;
  }

  async play(permutation: readonly PermutationStep[]): Promise<void> {
    for (const sql of this.#spec.setups) {
      await this.#prepare(this.#control, sql, null);
    }
    for (const seat of this.#seats) {
      if (seat.session.setup !== null) {
        await this.#prepare(seat.connection, seat.session.setup, seat);
      }
    }
    let waiting: Launched[] = [];
    for (const step of permutation) {
      waiting = await this.#untilFree(this.#seatOf(step.name), waiting);
      const launched = this.#launch(step);
      const mustWait = await this.#tryStep(launched, { isRetry: false, mayBlock: true });
      waiting = await this.#trySteps(waiting, { mayBlock: true });
      if (mustWait) {
        waiting.push(launched);
      }
    }
    waiting = await this.#trySteps(waiting, { mayBlock: false });
    if (waiting.length > 0) {
      throw new Unplayable({
        breakdown: "failed to complete permutation due to mutually-blocking steps",
      });
    }
    for (const seat of this.#seats) {
      if (seat.session.teardown !== null) {
        await this.#prepare(seat.connection, seat.session.teardown, seat, false);
      }
    }
    if (this.#spec.teardown !== null) {
      await this.#prepare(this.#control, this.#spec.teardown, null, false);
    }
  }

  /** A setup or a teardown: PQexec gives the last result only. */
  async #prepare(
    connection: OracleSession,
    sql: string,
    seat: Seat | null,
    isVital = true,
  ): Promise<void> {
    const answer = playable(await connection.run(sql));
    this.#printNotices(connection, seat);
    if (answer.error !== null) {
      if (isVital) {
        throw new Unplayable({ breakdown: `setup failed: ${answer.error.message}` });
      }
      return;
    }
    const last = answer.results.at(-1);
    this.output += last === undefined ? "" : printResult(last);
  }

  /** Waits until the session's earlier step is over. */
  async #untilFree(seat: Seat, waiting: Launched[]): Promise<Launched[]> {
    let left = waiting;
    for (let waitedMs = 0; seat.active !== null; waitedMs += POLL_MS) {
      if (waitedMs > STEP_WAIT_MS_MAX) {
        throw new Unplayable({ breakdown: `step ${seat.active.step.name} timed out` });
      }
      const { active } = seat;
      if (!(await this.#tryStep(active, { isRetry: true, mayBlock: false }))) {
        left = left.filter((launched) => launched !== active);
      }
      left = await this.#trySteps(left, { mayBlock: true });
    }
    return left;
  }

  #launch({ name, blockers }: PermutationStep): Launched {
    const seat = this.#seatOf(name);
    const step = seat.session.steps.find((one) => one.name === name);
    if (step === undefined) {
      throw new Error(`the spec has no step ${name}`);
    }
    const noticesWanted = new Map<Seat, number>();
    for (const blocker of blockers) {
      if (blocker.kind === "notices") {
        const other = this.#seatOf(blocker.step);
        noticesWanted.set(other, other.notices + blocker.count);
      }
    }
    const launched = { step, seat, blockers, noticesWanted };
    seat.active = launched;
    seat.connection.ask(step.sql);
    return launched;
  }

  /** What is still waiting after another look at each of them, in order. */
  async #trySteps(waiting: readonly Launched[], how: { mayBlock: boolean }): Promise<Launched[]> {
    let left = [...waiting];
    for (;;) {
      this.#hasNewNotice = false;
      const still: Launched[] = [];
      for (const launched of left) {
        if (await this.#tryStep(launched, { isRetry: true, ...how })) {
          still.push(launched);
        }
      }
      const hasBlocker = still.some(({ blockers }) => blockers.length > 0);
      const isQuiet = still.length === left.length && !this.#hasNewNotice;
      left = still;
      if (!hasBlocker || isQuiet) {
        return left;
      }
    }
  }

  /** True while the step is not over, or its report is held back. */
  async #tryStep(
    launched: Launched,
    { isRetry, mayBlock }: { readonly isRetry: boolean; readonly mayBlock: boolean },
  ): Promise<boolean> {
    const { step, seat, blockers } = launched;
    const tellsWaiting = () => {
      this.#printNotices(seat.connection, seat);
      this.output += isRetry ? "" : `step ${step.name}: ${step.sql} <waiting ...>\n`;
      return true;
    };
    if (!isRetry && blockers.some(({ kind }) => kind === "once")) {
      return tellsWaiting();
    }
    let answer = await seat.connection.settled();
    for (let waitedMs = 0; answer === undefined; waitedMs += POLL_MS) {
      if (waitedMs > STEP_WAIT_MS_MAX) {
        throw new Unplayable({ breakdown: `step ${step.name} timed out` });
      }
      await this.#oracle.passTime(POLL_MS);
      answer = await seat.connection.settled();
      if (answer === undefined && mayBlock) {
        return tellsWaiting();
      }
    }
    playable(answer);
    if (this.#isHeldBack(launched)) {
      return tellsWaiting();
    }
    this.#printNotices(seat.connection, seat);
    this.output += isRetry
      ? `step ${step.name}: <... completed>\n`
      : `step ${step.name}: ${step.sql}\n`;
    this.output += answer.results.map(printResult).join("");
    this.output +=
      answer.error === null ? "" : `${answer.error.severity}:  ${answer.error.message}\n`;
    for (const { channel, payload, processId } of seat.connection.takeNotifications()) {
      const sender = this.#seats.find(({ connection }) => connection.processId === processId);
      const from = sender?.session.name ?? `PID ${processId}`;
      this.output += `${seat.session.name}: NOTIFY "${channel}" with payload "${payload}" from ${from}\n`;
    }
    seat.active = null;
    return false;
  }

  #isHeldBack({ blockers, noticesWanted }: Launched): boolean {
    return blockers.some((blocker) => {
      switch (blocker.kind) {
        case "once":
          return false;
        case "step":
          return this.#seatOf(blocker.step).active?.step.name === blocker.step;
        case "notices": {
          const seat = this.#seatOf(blocker.step);
          return seat.notices < (noticesWanted.get(seat) ?? 0);
        }
      }
    });
  }

  #printNotices(connection: OracleSession, seat: Seat | null): void {
    const notices = connection.takeNotices();
    if (seat === null) {
      return;
    }
    for (const notice of notices) {
      this.output += `${seat.session.name}: ${printNotice(notice)}`;
      seat.notices += 1;
      this.#hasNewNotice = true;
    }
  }

  #seatOf(stepName: string): Seat {
    const seat = this.#seats.find(({ session }) =>
      session.steps.some(({ name }) => name === stepName),
    );
    if (seat === undefined) {
      throw new Error(`the spec has no step ${stepName}`);
    }
    return seat;
  }
}

function playable(answer: Answer): Answer {
  const { refusal, breakdown } = answer;
  if (refusal !== null) {
    throw new Unplayable({ refusal: refusal.feature });
  }
  if (breakdown !== null) {
    throw new Unplayable({ breakdown });
  }
  return answer;
}

function printNotice({ severity, message, detail, hint }: ErrorAnswer): string {
  const lines = [`${severity}:  ${message}`];
  if (detail !== undefined) {
    lines.push(`DETAIL:  ${detail}`);
  }
  if (hint !== undefined) {
    lines.push(`HINT:  ${hint}`);
  }
  return `${lines.join("\n")}\n`;
}
