import {
  effectiveMinIsr,
  NO_BROKER,
  type PartitionRegistration,
} from "./partition-registration.ts";

/** What has happened to a partition, and who may lead it now. */
export interface ElectionCase {
  /** As it would be if nobody had to be elected; the present one by default. */
  readonly isr?: readonly number[];
  /** A broker that came back without having been shut down in order: it may miss records. */
  readonly uncleanShutdown?: number;
  /** Alive and not about to stop. */
  readonly isAcceptable: (broker: number) => boolean;
  /** The leader that is wanted, where one is: it is taken if it may be. */
  readonly preferred?: number;
  /** Whether a leader may be taken that misses committed records. */
  readonly isUncleanAllowed: boolean;
}

/**
 * The next registration by the rules of Kafka's PartitionChangeBuilder, with eligible leader
 * replicas as new clusters of 4.1 have them; the present one where nothing changes.
 */
export function electLeader(
  before: PartitionRegistration,
  options: ElectionCase,
): PartitionRegistration {
  const isr = options.isr ?? before.isr;
  const elr = eligibleReplicas(before, isr, options.uncleanShutdown);
  const { leader, isUnclean } = choose({ ...before, isr, elr }, options);
  const next = {
    ...before,
    leader,
    isr: isUnclean || elr.includes(leader) ? [leader] : isr,
    elr: isUnclean ? [] : elr.filter((each) => each !== leader),
    lastKnownLeader: nextLastKnownLeader(before, leader, isr),
  };
  if (isSame(before, next)) {
    return before;
  }
  const isNewLeader = leader !== before.leader;
  return {
    ...next,
    leaderEpoch: before.leaderEpoch + (isNewLeader ? 1 : 0),
    partitionEpoch: before.partitionEpoch + 1,
  };
}

function eligibleReplicas(
  before: PartitionRegistration,
  isr: readonly number[],
  uncleanShutdown: number | undefined,
): readonly number[] {
  if (isr.length >= effectiveMinIsr(before)) {
    return [];
  }
  const candidates = new Set([...before.elr, ...before.isr]);
  return [...candidates].filter((each) => !isr.includes(each) && each !== uncleanShutdown);
}

function choose(
  registration: PartitionRegistration,
  options: ElectionCase,
): { readonly leader: number; readonly isUnclean: boolean } {
  const { replicas, isr, elr, leader, lastKnownLeader } = registration;
  const { isAcceptable, preferred } = options;
  const isValid = (each: number): boolean =>
    isAcceptable(each) && (isr.includes(each) || (isr.length === 0 && elr.includes(each)));
  const wanted = [...(preferred === undefined ? [] : [preferred]), leader, ...replicas];
  const clean = wanted.find(isValid);
  if (clean !== undefined && (clean === preferred || !isForced(options))) {
    return { leader: clean, isUnclean: false };
  }
  if (elr.length === 0 && isr.length === 0 && isAcceptable(lastKnownLeader)) {
    return { leader: lastKnownLeader, isUnclean: true };
  }
  const unclean = options.isUncleanAllowed ? wanted.find(isAcceptable) : undefined;
  return unclean === undefined
    ? { leader: clean ?? NO_BROKER, isUnclean: false }
    : { leader: unclean, isUnclean: true };
}

/** A leader that is wanted whatever it misses. */
function isForced({ preferred, isUncleanAllowed }: ElectionCase): boolean {
  return preferred !== undefined && isUncleanAllowed;
}

function nextLastKnownLeader(
  before: PartitionRegistration,
  leader: number,
  isr: readonly number[],
): number {
  if (leader !== NO_BROKER) {
    return NO_BROKER;
  }
  const isFirst = isr.length === 0 && before.leader !== NO_BROKER;
  return isFirst ? before.leader : before.lastKnownLeader;
}

function isSame(one: PartitionRegistration, other: PartitionRegistration): boolean {
  const text = ({ leader, isr, elr, lastKnownLeader }: PartitionRegistration) =>
    [leader, isr.join(","), elr.join(","), lastKnownLeader].join(" ");
  return text(one) === text(other);
}
