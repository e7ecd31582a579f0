import { formatMoney, parseMoney, type Money } from "../../system/domain/money.ts";
import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import { SAGA_ROLES, SERVICES, serviceOf } from "../../system/process/services.ts";
import { databaseResource, demandEffect, printEffect } from "../faults/effect-name.ts";
import { placedAt, shortened, triggerOf, type Fault } from "../faults/fault.ts";
import { processOf } from "../faults/trigger.ts";
import { serviceAsked, subjectOf, type Command } from "../plans/commands/command.ts";
import type { Plan } from "../plans/plan.ts";
import { simplerSchedules } from "../plans/schedule.ts";
import {
  AUDITOR,
  isAnswered,
  ONE_PROCESS_EACH,
  type ProcessSpecification,
  type Topology,
} from "../plans/topology.ts";

/**
 * The commands of a plan in the parts that can be left out by themselves: what is asked with a key,
 * or about a wallet, is right or wrong only after what was asked with it before. Each part is a
 * list of places in the plan's list.
 */
export function partsOf(commands: readonly Command[]): readonly (readonly number[])[] {
  const parts = new Map<string, number[]>();
  for (const [index, command] of commands.entries()) {
    const subject = subjectOf(command);
    parts.set(subject, [...(parts.get(subject) ?? []), index]);
  }
  return [...parts.values()];
}

/**
 * The plan with only those commands, at the times that they had. Its faults stand at the effects
 * that they had; or nearer to the beginning, as many places as there are fewer commands before
 * them; or at the first effect of that name.
 */
export function withCommands(plan: Plan, kept: ReadonlySet<number>): readonly Plan[] {
  const commands = plan.commands.filter((_command, index) => kept.has(index));
  const keptBefore = (place: number) => [...kept].filter((index) => index < place).length;
  return [
    { ...plan, commands },
    { ...plan, commands, faults: withOrdinals(plan.faults, keptBefore) },
    { ...plan, commands, faults: withOrdinals(plan.faults, () => 1) },
  ];
}

/**
 * The plan with a fault at the first effect of its name, or at the beginning of the load; then
 * nearer to where it is.
 */
export function withEarlierFault(plan: Plan, index: number): readonly Plan[] {
  const trigger = plan.faults.map(triggerOf)[index];
  if (trigger === undefined) {
    return [];
  }
  if (trigger.on !== "effect") {
    const { atMs } = trigger;
    return [...new Set([0, Math.floor(atMs / 2)])]
      .filter((each) => each < atMs)
      .map((each) =>
        withFault(plan, index, (fault) => placedAt(fault, { ...trigger, atMs: each })),
      );
  }
  const { ordinal } = demandEffect(trigger.effect);
  const ordinals = [1, Math.ceil(ordinal / 2), ordinal - 1];
  return [...new Set(ordinals)]
    .filter((each) => each > 0 && each < ordinal)
    .map((each) =>
      withFault(plan, index, (fault) => atEffect(fault, (name) => ({ ...name, ordinal: each }))),
    );
}

/**
 * The plan with its first command at the beginning, and all others as far from it as they are; with
 * the faults that strike at a time as far from it, too, then with those where they are.
 */
export function withEarlierLoad(plan: Plan): readonly Plan[] {
  const [{ atMs: byMs } = { atMs: 0 }] = plan.commands;
  if (byMs === 0) {
    return [];
  }
  const commands = plan.commands.map((each) => ({ ...each, atMs: each.atMs - byMs }));
  const faults = plan.faults.map((fault) => {
    const trigger = triggerOf(fault);
    return trigger.on === "effect"
      ? fault
      : placedAt(fault, { ...trigger, atMs: Math.max(0, trigger.atMs - byMs) });
  });
  return [
    { ...plan, commands, faults },
    { ...plan, commands },
  ];
}

/** The plan with a fault that is half as long. */
export function withShorterFault(plan: Plan, index: number): readonly Plan[] {
  const shorter = plan.faults.map(shortened)[index];
  return shorter === undefined ? [] : [withFault(plan, index, () => shorter)];
}

function withFault(plan: Plan, index: number, change: (fault: Fault) => Fault): Plan {
  return {
    ...plan,
    faults: plan.faults.map((fault, at) => (at === index ? change(fault) : fault)),
  };
}

/** The plan with one process for each service, then with one process less. */
export function withFewerProcesses(plan: Plan): readonly Plan[] {
  const { topology } = plan;
  const least = isAnswered(topology, "reconciliation")
    ? [...ONE_PROCESS_EACH, AUDITOR]
    : ONE_PROCESS_EACH;
  const moved = { ...plan, topology: least, faults: plan.faults.map(moveTo(topology)) };
  const named = new Set(plan.faults.map((fault) => processOf(triggerOf(fault))));
  const fewer = topology
    .map((left) => topology.filter((each) => each !== left))
    .filter(
      (rest) =>
        isWhole(plan, rest) && [...named].every((name) => name === null || isIn(rest, name)),
    );
  return [moved, ...fewer.map((rest) => ({ ...plan, topology: rest }))];
}

/** The plan without a wallet that no command names, then without several. */
export function withFewerWallets(plan: Plan): readonly Plan[] {
  const named = new Set(plan.commands.flatMap(walletsOf));
  const idle = plan.wallets.filter(({ id }) => !named.has(id));
  const without = (left: readonly unknown[]): Plan => ({
    ...plan,
    wallets: plan.wallets.filter((each) => !left.includes(each)),
  });
  return idle.length === 0 ? [] : [without(idle), ...idle.map((each) => without([each]))];
}

/** The lowest amount that a part of the plan asks for, in minor units; 0 where it asks for none. */
export function lowestAmount(plan: Plan, part: readonly number[]): bigint {
  return amountsOf(plan, part)[0] ?? 0n;
}

/**
 * The plan with a part's lowest amount lowered to that, and its others as near to it as can be.
 * Amounts that were equal stay equal, and others stay apart: what is asked again is still the same,
 * or still another.
 */
export function withLowestAmount(plan: Plan, part: readonly number[], minor: bigint): Plan {
  const lower = new Map(amountsOf(plan, part).map((from, rank) => [from, minor + BigInt(rank)]));
  const commands = plan.commands.map((command, index) =>
    part.includes(index) ? withAmount(command, lower) : command,
  );
  return { ...plan, commands };
}

/** Ascending, each once. */
function amountsOf({ commands }: Plan, part: readonly number[]): readonly bigint[] {
  const amounts = part.flatMap((index) => moneyOf(commands[index])?.amountMinor ?? []);
  return [...new Set(amounts)].toSorted((left, right) => (left < right ? -1 : 1));
}

/** The plan with every knob as it ships, then with each. */
export function withDefaultKnobs(plan: Plan): readonly Plan[] {
  const { knobs } = plan;
  return [
    DEFAULT_KNOBS,
    { ...knobs, relayBatchMax: DEFAULT_KNOBS.relayBatchMax },
    { ...knobs, relayPollMs: DEFAULT_KNOBS.relayPollMs },
    { ...knobs, relayLingerMs: DEFAULT_KNOBS.relayLingerMs },
    { ...knobs, relayLeaseMs: DEFAULT_KNOBS.relayLeaseMs },
    { ...knobs, relayAttemptsMax: DEFAULT_KNOBS.relayAttemptsMax },
    { ...knobs, outboxKeptSeconds: DEFAULT_KNOBS.outboxKeptSeconds },
    { ...knobs, acceptBatchMax: DEFAULT_KNOBS.acceptBatchMax },
    { ...knobs, consumeBatchMax: DEFAULT_KNOBS.consumeBatchMax },
    { ...knobs, consumeAttemptsMax: DEFAULT_KNOBS.consumeAttemptsMax },
    { ...knobs, consumeRetryDelayMs: DEFAULT_KNOBS.consumeRetryDelayMs },
    { ...knobs, sessionTimeoutMs: DEFAULT_KNOBS.sessionTimeoutMs },
  ].map((each) => ({ ...plan, knobs: each }));
}

/** The plan with a schedule that is nearer to first in, first out, the nearest first. */
export function withSimplerSchedule(plan: Plan): readonly Plan[] {
  return simplerSchedules(plan.schedule).map((schedule) => ({ ...plan, schedule }));
}

/** Counted anew; `countOf` says how many there are up to a place, and it is never below one. */
function withOrdinals(
  faults: readonly Fault[],
  countOf: (ordinal: number) => number,
): readonly Fault[] {
  return faults.map((fault) =>
    atEffect(fault, (name) => ({ ...name, ordinal: Math.max(1, countOf(name.ordinal)) })),
  );
}

type EffectName = ReturnType<typeof demandEffect>;

function atEffect(fault: Fault, change: (name: EffectName) => EffectName): Fault {
  const trigger = triggerOf(fault);
  return trigger.on === "effect"
    ? placedAt(fault, { ...trigger, effect: printEffect(change(demandEffect(trigger.effect))) })
    : fault;
}

/** Moves a fault of a process to the one that does its work where each service has one process. */
function moveTo(topology: Topology): (fault: Fault) => Fault {
  return (fault) => {
    const trigger = triggerOf(fault);
    if (trigger.on === "time") {
      return placedAt(fault, { ...trigger, process: substituteOf(topology, trigger.process, "") });
    }
    if (trigger.on === "outside") {
      const { process, server } = trigger;
      return process === null
        ? fault
        : placedAt(fault, { ...trigger, process: substituteOf(topology, process, server) });
    }
    return atEffect(fault, (name) => ({
      ...name,
      process: substituteOf(topology, name.process, name.resource),
    }));
  };
}

/** `resource` says which service's work it was, where it is a database. */
function substituteOf(topology: Topology, process: string, resource: string): string {
  const roles = topology.find(({ name }) => name === process)?.roles ?? [];
  const service =
    SERVICES.find(({ name }) => databaseResource(name) === resource)?.name ??
    roles.map(serviceOf)[0];
  const substitute = ONE_PROCESS_EACH.find((each) =>
    each.roles.some((role) => serviceOf(role) === service),
  );
  return substitute?.name ?? process;
}

/** Whether every role is somebody's, and somebody answers every command. */
function isWhole({ commands }: Plan, topology: Topology): boolean {
  const isTaken = SAGA_ROLES.every((role) => topology.some(({ roles }) => roles.includes(role)));
  return isTaken && commands.every((command) => isAnswered(topology, serviceAsked(command)));
}

function isIn(topology: readonly ProcessSpecification[], process: string): boolean {
  return topology.some(({ name }) => name === process);
}

function walletsOf(command: Command): readonly string[] {
  switch (command.kind) {
    case "transfer":
      return [command.senderWalletId, command.receiverWalletId];
    case "open-wallet":
    case "freeze-wallet":
    case "read-wallet":
      return [command.id];
    case "move-external":
      return [command.walletId];
    case "read-payment":
    case "reverse-payment":
      return [];
    case "look-up":
      return [command.of];
    case "reconcile":
      return [];
  }
}

/** Undefined for what asks for no money, or in words that are no amount. */
function moneyOf(command: Command | undefined): Money | undefined {
  if (command?.kind !== "transfer") {
    return undefined;
  }
  const parsed = parseMoney(command.amount, command.currency);
  return parsed.kind === "money" ? parsed.money : undefined;
}

function withAmount(command: Command, lower: ReadonlyMap<bigint, bigint>): Command {
  const money = moneyOf(command);
  const amountMinor = money === undefined ? undefined : lower.get(money.amountMinor);
  return command.kind === "transfer" && money !== undefined && amountMinor !== undefined
    ? { ...command, amount: formatMoney({ ...money, amountMinor }) }
    : command;
}
