import type { ClientEvent } from "../plans/commands/client-event.ts";
import type { ClientRequest } from "../plans/commands/client-request.ts";
import { requestOf, type Command } from "../plans/commands/command.ts";
import { isOutcome } from "../plans/commands/expectation.ts";
import { openingCommand, type Plan } from "../plans/plan.ts";
import { processesAnswering } from "../plans/topology.ts";
import { Unanswered, type ClientAnswer, type Universe } from "../world.ts";
import { askBoundMs } from "./bounds.ts";

const RETRY_DELAY_MS = 200;

/**
 * Opens the plan's wallets one by one. Returns false at the first that nobody would open, however
 * often it was asked for: then there is nothing to go on with.
 *
 * @throws Error when one is refused
 */
export async function openWallets(
  universe: Universe,
  plan: Plan,
  notice: (event: ClientEvent) => void,
): Promise<boolean> {
  for (const opening of plan.wallets) {
    const command = openingCommand(opening);
    const { service, request } = requestOf(command);
    const processes = processesAnswering(plan.topology, service);
    const asked = { universe, processes, request, boundMs: askBoundMs(plan) };
    const attempts: AttemptEvent[] = [];
    const answer = await untilAnswered(asked, (event) => attempts.push(event));
    if (answer === undefined) {
      // An opening is part of the story only where it fails.
      attempts.forEach(noticeFor(command, notice));
      return false;
    }
    if (answer.status !== 201) {
      throw new Error(`wallet ${opening.id} could not be opened: ${describe(answer)}`);
    }
  }
  return true;
}

/**
 * Sends every command at its time, each by a client of its own, and waits for all the answers.
 * Whether an answer is the right one is not judged here.
 */
export async function submitAll(
  universe: Universe,
  plan: Plan,
  notice: (event: ClientEvent) => void,
): Promise<void> {
  const beganAtMs = universe.nowMs();
  const boundMs = askBoundMs(plan);
  await Promise.all(
    plan.commands.map(async (command, index) => {
      const { service, request } = requestOf(command);
      const processes = rotated(processesAnswering(plan.topology, service), index);
      await universe.sleep(beganAtMs + command.atMs - universe.nowMs());
      const asked = { universe, processes, request, boundMs };
      await untilAnswered(asked, noticeFor(command, notice));
    }),
  );
}

type AttemptEvent =
  | { readonly kind: "request"; readonly atMs: number; readonly attempt: number }
  | {
      readonly kind: "answer";
      readonly atMs: number;
      readonly attempt: number;
      readonly status: number | null;
    };

function noticeFor(command: Command, notice: (event: ClientEvent) => void) {
  return (event: AttemptEvent) => notice({ ...event, command });
}

/**
 * Asks until there is an answer that says what happened; undefined when there never was one. Every
 * attempt goes to the next of the processes, as through a load balancer.
 */
async function untilAnswered(
  { universe, processes, request, boundMs }: Asked,
  notice: (event: AttemptEvent) => void,
): Promise<ClientAnswer | undefined> {
  for (let attempt = 1; attempt <= boundMs / RETRY_DELAY_MS; attempt += 1) {
    notice({ kind: "request", atMs: universe.nowMs(), attempt });
    const [process = ""] = rotated(processes, attempt - 1);
    const answer = await attemptOnce(universe, process, request);
    notice({ kind: "answer", atMs: universe.nowMs(), attempt, status: answer?.status ?? null });
    if (answer !== undefined && isOutcome(answer.status)) {
      return answer;
    }
    await universe.sleep(RETRY_DELAY_MS);
  }
  return undefined;
}

interface Asked {
  readonly universe: Universe;
  readonly processes: readonly string[];
  readonly request: ClientRequest;
  readonly boundMs: number;
}

async function attemptOnce(
  universe: Universe,
  process: string,
  request: ClientRequest,
): Promise<ClientAnswer | undefined> {
  try {
    return await universe.request(process, request);
  } catch (error) {
    if (error instanceof Unanswered) {
      return undefined;
    }
    throw error;
  }
}

/** The list, begun at another place. */
function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % Math.max(1, list.length);
  return [...list.slice(at), ...list.slice(0, at)];
}

function describe({ status, body }: ClientAnswer): string {
  return `${status} ${JSON.stringify(body)}`;
}
