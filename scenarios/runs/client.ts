import type { ClientEvent } from "../plans/commands/client-event.ts";
import type { ClientRequest } from "../plans/commands/client-request.ts";
import { requestOf, type Command } from "../plans/commands/command.ts";
import { openingCommand, type Plan } from "../plans/plan.ts";
import { processesAnswering } from "../plans/topology.ts";
import { Unanswered, type ClientAnswer, type Universe } from "../world.ts";

const RETRY_DELAY_MS = 200;
/** One minute of asking: twice as long as any fault keeps a process away. */
const ATTEMPTS_MAX = 300;

/** Opens the plan's wallets one by one. @throws Error when one cannot be opened */
export async function openWallets(universe: Universe, plan: Plan): Promise<void> {
  for (const opening of plan.wallets) {
    const { service, request } = requestOf(openingCommand(opening));
    const processes = processesAnswering(plan.topology, service);
    const answer = await untilAnswered(universe, processes, request, () => {});
    if (answer?.status !== 201) {
      throw new Error(`wallet ${opening.id} could not be opened: ${describe(answer)}`);
    }
  }
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
  await Promise.all(
    plan.commands.map(async (command, index) => {
      const { service, request } = requestOf(command);
      const processes = rotated(processesAnswering(plan.topology, service), index);
      await universe.sleep(beganAtMs + command.atMs - universe.nowMs());
      await untilAnswered(universe, processes, request, noticeFor(command, notice));
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
  universe: Universe,
  processes: readonly string[],
  request: ClientRequest,
  notice: (event: AttemptEvent) => void,
): Promise<ClientAnswer | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    notice({ kind: "request", atMs: universe.nowMs(), attempt });
    const [process = ""] = rotated(processes, attempt - 1);
    const answer = await attemptOnce(universe, process, request);
    notice({ kind: "answer", atMs: universe.nowMs(), attempt, status: answer?.status ?? null });
    if (answer !== undefined && answer.status < 500) {
      return answer;
    }
    await universe.sleep(RETRY_DELAY_MS);
  }
  return undefined;
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

function describe(answer: ClientAnswer | undefined): string {
  return answer === undefined ? "no answer" : `${answer.status} ${JSON.stringify(answer.body)}`;
}
