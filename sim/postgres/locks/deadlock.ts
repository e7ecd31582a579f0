import {
  conflictsWith,
  type Lock,
  LOCK_MODE_NAME,
  type LockOwner,
  type LockWait,
  modeBit,
} from "./lock.ts";

/**
 * A waiter that is only blocked by another waiter ahead of it: a new order of the queue may free
 * it.
 */
interface SoftEdge {
  readonly waiter: LockOwner;
  readonly blocker: LockOwner;
  readonly lock: Lock;
}

type Queues = ReadonlyMap<Lock, readonly LockWait[]>;

/** Either new orders for some queues under which nobody waits in a circle, or the circle. */
export type DeadlockOutcome =
  | { readonly kind: "none"; readonly queues: Queues }
  | { readonly kind: "deadlock"; readonly cycle: readonly LockOwner[] };

interface Search {
  readonly softEdges: readonly SoftEdge[];
  readonly cycle: readonly LockOwner[];
}

const CONSTRAINTS_MAX = 20;

/**
 * deadlock.c: looks for a cycle of waits through `start`. A cycle with a soft edge may be broken by
 * moving that waiter before its blocker; constraints of that kind are tried depth-first.
 */
export function resolveDeadlock(start: LockOwner): DeadlockOutcome {
  const queues = searchOrders(start, []);
  if (queues !== undefined) {
    return { kind: "none", queues };
  }
  return { kind: "deadlock", cycle: findCycle(start, new Map())?.cycle ?? [start] };
}

/** The detail of a deadlock report: who waits for what, and who blocks them. */
export function describeCycle(cycle: readonly LockOwner[]): string {
  const lines = cycle.map((owner, at) => {
    const wait = owner.waiting;
    const blocker = cycle[(at + 1) % cycle.length] ?? owner;
    const what = wait === null ? "nothing" : waitText(wait);
    return `Process ${owner.processId} waits for ${what}; blocked by process ${blocker.processId}.`;
  });
  return lines.join("\n");
}

function waitText(wait: LockWait): string {
  return `${LOCK_MODE_NAME[wait.mode]} on ${wait.lock.description}`;
}

function searchOrders(start: LockOwner, constraints: readonly SoftEdge[]): Queues | undefined {
  const queues = orderQueues(constraints);
  if (queues === undefined) {
    return undefined;
  }
  let softEdges: readonly SoftEdge[] = [];
  for (const owner of [...constraints.flatMap((edge) => [edge.waiter, edge.blocker]), start]) {
    const found = findCycle(owner, queues);
    if (found === undefined) {
      continue;
    }
    if (found.softEdges.length === 0) {
      return undefined;
    }
    softEdges = found.softEdges;
  }
  if (softEdges.length === 0) {
    return queues;
  }
  if (constraints.length >= CONSTRAINTS_MAX) {
    return undefined;
  }
  for (const edge of softEdges) {
    const solved = searchOrders(start, [...constraints, edge]);
    if (solved !== undefined) {
      return solved;
    }
  }
  return undefined;
}

function orderQueues(constraints: readonly SoftEdge[]): Queues | undefined {
  const queues = new Map<Lock, readonly LockWait[]>();
  for (const { lock } of constraints) {
    if (queues.has(lock)) {
      continue;
    }
    const order = orderQueue(lock, constraints);
    if (order === undefined) {
      return undefined;
    }
    queues.set(lock, order);
  }
  return queues;
}

/**
 * Topological order, built from the end, that keeps the present order wherever no constraint
 * objects.
 */
function orderQueue(lock: Lock, constraints: readonly SoftEdge[]): LockWait[] | undefined {
  const left = [...lock.queue];
  const order: LockWait[] = [];
  const mustPrecede = (wait: LockWait): boolean =>
    constraints.some(
      (edge) =>
        edge.lock === lock &&
        edge.waiter === wait.owner &&
        left.some((other) => other.owner === edge.blocker),
    );
  while (left.length > 0) {
    const at = left.findLastIndex((wait) => !mustPrecede(wait));
    if (at < 0) {
      return undefined;
    }
    order.unshift(...left.splice(at, 1));
  }
  return order;
}

function findCycle(start: LockOwner, queues: Queues): Search | undefined {
  const visited = new Set<LockOwner>();
  const follow = (owner: LockOwner): Search | undefined => {
    if (visited.has(owner)) {
      return owner === start ? { softEdges: [], cycle: [] } : undefined;
    }
    visited.add(owner);
    const wait = owner.waiting;
    if (wait === null) {
      return undefined;
    }
    for (const grant of wait.lock.granted) {
      if (grant.owner === owner || !conflictsWith(wait.mode, modeBit(grant.mode))) {
        continue;
      }
      const found = follow(grant.owner);
      if (found !== undefined) {
        return { ...found, cycle: [owner, ...found.cycle] };
      }
    }
    for (const ahead of queues.get(wait.lock) ?? wait.lock.queue) {
      if (ahead.owner === owner) {
        break;
      }
      if (!conflictsWith(wait.mode, modeBit(ahead.mode))) {
        continue;
      }
      const found = follow(ahead.owner);
      if (found === undefined) {
        continue;
      }
      const edge = { waiter: owner, blocker: ahead.owner, lock: wait.lock };
      return { softEdges: [...found.softEdges, edge], cycle: [owner, ...found.cycle] };
    }
    return undefined;
  };
  return follow(start);
}
