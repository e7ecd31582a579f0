import type {
  Answer,
  ErrorAnswer,
  Oracle,
  OracleSession,
  TextParameter,
} from "../servers/oracle.ts";
import type { Schedule, ScheduleStep } from "./schedule.ts";

/** Beyond this no wait is left that was not looked at. */
const DEADLOCK_TIMEOUT_MS = 1_200;
const DEADLOCK_POLL_MS = 50;

/** What each step came to, a line each; the answer of a step that waited stands where it came. */
export type Transcript = readonly string[];

/** How much time passes after the step of that number, in milliseconds of the engine's clock. */
export type Pace = (step: number) => number;

/** A real server's own clock passes. */
export const atOnce: Pace = () => 0;

/** Plays the steps of a schedule on one database, one after the other. */
export class SchedulePlayer {
  readonly transcript: string[] = [];
  /** The feature that was refused, after which nothing can be played. */
  refusal: string | null = null;
  readonly #oracle: Oracle;
  readonly #pace: Pace;
  #asked = 0;
  readonly #sessions = new Map<string, OracleSession>();
  readonly #waiting = new Set<string>();

  constructor(oracle: Oracle, options: { readonly pace: Pace }) {
    this.#oracle = oracle;
    this.#pace = options.pace;
  }

  /** True while the session's last query waits for another session. */
  isWaiting(session: string): boolean {
    return this.#waiting.has(session);
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  async setUp(setup: readonly string[]): Promise<void> {
    const session = await this.#oracle.open();
    for (const sql of setup) {
      const { error, refusal, breakdown } = await session.run(sql);
      this.refusal ??= refusal?.feature ?? null;
      if (error !== null || breakdown !== null) {
        throw new Error(`the setup failed: ${error?.message ?? breakdown ?? ""}: ${sql}`);
      }
    }
  }

  async step(step: ScheduleStep): Promise<void> {
    if (step.kind === "ask") {
      await this.#ask(step.session, step.sql, step.parameters ?? []);
      await this.#noteAnswers();
      const pauseMs = this.#pace(this.#asked);
      this.#asked += 1;
      if (pauseMs > 0) {
        await this.#oracle.passTime(pauseMs);
      }
      return;
    }
    this.transcript.push(step.kind);
    for (let passedMs = 0; passedMs < DEADLOCK_TIMEOUT_MS; passedMs += DEADLOCK_POLL_MS) {
      if (!this.hasWaiting) {
        break;
      }
      await this.#oracle.passTime(DEADLOCK_POLL_MS);
      await this.#noteAnswers();
    }
  }

  // Under another choice of victim the session may still be waiting: then the step is left out.
  async #ask(name: string, sql: string, parameters: readonly TextParameter[]): Promise<void> {
    if (this.#waiting.has(name)) {
      this.transcript.push(`${name}: ${sql} -> is busy`);
      return;
    }
    const session = this.#sessions.get(name) ?? (await this.#oracle.open());
    this.#sessions.set(name, session);
    session.ask(sql, parameters);
    const answer = await session.settled();
    this.transcript.push(
      `${name}: ${sql} -> ${answer === undefined ? "waits" : this.#tell(answer, sql)}`,
    );
    if (answer === undefined) {
      this.#waiting.add(name);
    }
  }

  /**
   * In the order of the sessions' names: which of several is answered first is open. An answer may
   * be what another was waiting for, so all are looked at until nobody has one more.
   */
  async #noteAnswers(): Promise<void> {
    const told = new Map<string, string>();
    for (let before = -1; before < told.size;) {
      before = told.size;
      for (const name of this.#waiting) {
        const answer = await this.#sessions.get(name)?.settled();
        if (answer !== undefined) {
          this.#waiting.delete(name);
          told.set(name, this.#tell(answer, ""));
        }
      }
    }
    for (const name of [...told.keys()].toSorted()) {
      this.transcript.push(`  ${name}: ${told.get(name) ?? ""}`);
    }
  }

  #tell({ results, error, refusal, breakdown }: Answer, sql: string): string {
    this.refusal ??= refusal?.feature ?? null;
    if (breakdown !== null) {
      return `breaks down: ${breakdown}`;
    }
    if (error !== null) {
      return tellError(error);
    }
    return results
      .map(({ command, count, rows }) => {
        const told = rows.map((row) => JSON.stringify(row));
        return `${command} ${count ?? "-"} ${(sql.includes("ORDER BY") ? told : told.toSorted()).join()}`;
      })
      .join("; ");
  }
}

/** Plays a whole schedule. */
export async function playSchedule(
  oracle: Oracle,
  schedule: Schedule,
  options: { readonly pace: Pace },
): Promise<SchedulePlayer> {
  const player = new SchedulePlayer(oracle, options);
  await player.setUp(schedule.setup);
  for (const step of schedule.steps) {
    if (player.refusal !== null) {
      break;
    }
    await player.step(step);
  }
  return player;
}

/** The detail of a deadlock names processes, which are numbered differently. */
function tellError({ code, message, detail, constraint }: ErrorAnswer): string {
  const shown = code === "40P01" ? undefined : detail;
  return JSON.stringify({ code, message, detail: shown, constraint });
}
