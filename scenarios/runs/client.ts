import type { ServiceName } from "../../system/process/services.ts";
import type { ClientEvent } from "../plans/commands/client-event.ts";
import type { ClientRequest } from "../plans/commands/client-request.ts";
import type { Knowledge } from "../plans/commands/command-kind.ts";
import { requestOf, serviceAsked, type Command } from "../plans/commands/command.ts";
import { isOutcome } from "../plans/commands/expectation.ts";
import { openingCommand, type Plan } from "../plans/plan.ts";
import { processesAnswering } from "../plans/topology.ts";
import { Unanswered, type ClientAnswer, type Universe } from "../world.ts";
import { askBoundMs } from "./bounds.ts";

const RETRY_DELAY_MS = 200;

/** Who hears of what clients do. */
export interface Clients {
  readonly knowledge: Knowledge;
  /** Judges it, at once. */
  readonly hear: (event: ClientEvent) => void;
  /** Tells it as a part of the story. */
  readonly tell: (event: ClientEvent) => void;
}

/**
 * Opens the plan's wallets one by one. Returns false at the first that was refused, or that nobody
 * would open, however often it was asked for: then there is nothing to go on with.
 */
export async function openWallets(
  universe: Universe,
  plan: Plan,
  clients: Clients,
): Promise<boolean> {
  for (const opening of plan.wallets) {
    const command = openingCommand(opening);
    const processes = processesAnswering(plan.topology, serviceAsked(command));
    const request = requestOf(command, clients.knowledge);
    const asked = { universe, processes, request, boundMs: askBoundMs(plan) };
    const attempts: ClientEvent[] = [];
    const notice = (event: AttemptEvent): void => {
      const noticed = { ...event, command };
      attempts.push(noticed);
      clients.hear(noticed);
    };
    const answer = await untilAnswered(asked, notice);
    if (answer?.status !== 201) {
      // An opening is part of the story only where it fails.
      attempts.forEach(clients.tell);
      return false;
    }
  }
  return true;
}

/**
 * Sends every command at its time, each by a client of its own, and waits for all the answers.
 * Whether an answer is the right one is not judged here.
 */
export async function submitAll(universe: Universe, plan: Plan, clients: Clients): Promise<void> {
  const beganAtMs = universe.nowMs();
  // Each service is asked through its processes in turn, whatever others are asked meanwhile.
  const turns = new Map<ServiceName, number>();
  await Promise.all(
    plan.commands.map(async (command) => {
      const service = serviceAsked(command);
      const turn = turns.get(service) ?? 0;
      turns.set(service, turn + 1);
      await universe.sleep(beganAtMs + command.atMs - universe.nowMs());
      await submit(universe, plan, clients, { command, turn });
    }),
  );
}

/**
 * Sends one command by a client of its own; undefined when there never was an answer.
 *
 * @param turn The first of the processes that answer such is asked at turn 0, and so on
 */
export function submit(
  universe: Universe,
  plan: Plan,
  clients: Clients,
  { command, turn = 0 }: { readonly command: Command; readonly turn?: number },
): Promise<ClientAnswer | undefined> {
  const processes = rotated(processesAnswering(plan.topology, serviceAsked(command)), turn);
  // What a client was told until now decides what it asks for.
  const request = requestOf(command, clients.knowledge);
  const asked = { universe, processes, request, boundMs: askBoundMs(plan) };
  return untilAnswered(asked, noticeFor(command, clients));
}

type AttemptEvent =
  | { readonly kind: "request"; readonly atMs: number; readonly attempt: number }
  | {
      readonly kind: "answer";
      readonly atMs: number;
      readonly attempt: number;
      readonly path: string;
      readonly firstAskedAtMs: number;
      readonly askedAtMs: number;
      readonly status: number | null;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
    };

function noticeFor(command: Command, { hear, tell }: Clients) {
  return (event: AttemptEvent) => {
    const noticed = { ...event, command };
    // Told first: what is found at it comes after it.
    tell(noticed);
    hear(noticed);
  };
}

/**
 * Asks until there is an answer that says what happened; undefined when there never was one. Every
 * attempt goes to the next of the processes, as through a load balancer.
 */
async function untilAnswered(
  { universe, processes, request, boundMs }: Asked,
  notice: (event: AttemptEvent) => void,
): Promise<ClientAnswer | undefined> {
  const firstAskedAtMs = universe.nowMs();
  for (let attempt = 1; attempt <= boundMs / RETRY_DELAY_MS; attempt += 1) {
    const askedAtMs = universe.nowMs();
    notice({ kind: "request", atMs: askedAtMs, attempt });
    const [process = ""] = rotated(processes, attempt - 1);
    const answer = await attemptOnce(universe, process, request);
    const { status = null, headers = {}, body } = answer ?? {};
    const atMs = universe.nowMs();
    const { path } = request;
    notice({
      kind: "answer",
      atMs,
      attempt,
      path,
      firstAskedAtMs,
      askedAtMs,
      status,
      headers,
      body,
    });
    if (answer !== undefined && isOutcome(answer.status, answer.body)) {
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

/** What a process answers; undefined when it does not. */
export async function attemptOnce(
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
