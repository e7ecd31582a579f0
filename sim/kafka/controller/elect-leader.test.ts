import { expect, test } from "vitest";
import { electLeader, type ElectionCase } from "./elect-leader.ts";
import type { PartitionRegistration } from "./partition-registration.ts";
import { DEFAULT_TOPIC_SETTINGS } from "./topic-settings.ts";

/** Three replicas of which two must be in sync, led by the first. */
function partition(parts: Partial<PartitionRegistration> = {}): PartitionRegistration {
  return {
    topic: "payments",
    partition: 0,
    name: "payments/0",
    settings: { ...DEFAULT_TOPIC_SETTINGS, minInsyncReplicas: 2 },
    replicas: [1, 2, 3],
    isr: [1, 2, 3],
    elr: [],
    lastKnownLeader: -1,
    leader: 1,
    leaderEpoch: 4,
    partitionEpoch: 9,
    ...parts,
  };
}

function elect(
  before: PartitionRegistration,
  alive: readonly number[],
  options: Partial<ElectionCase> = {},
) {
  const { leader, isr, elr, lastKnownLeader, leaderEpoch } = electLeader(before, {
    isAcceptable: (broker) => alive.includes(broker),
    isUncleanAllowed: false,
    ...options,
  });
  return { leader, isr, elr, lastKnownLeader, leaderEpoch };
}

const NOBODY = { leader: -1, leaderEpoch: 5 };

test("a leader that is alive and in sync stays, and then nothing is decided", () => {
  const before = partition();
  const options = { isAcceptable: () => true, isUncleanAllowed: false };
  expect(electLeader(before, options)).toBe(before);
});

test("a smaller ISR is a decision, and no new epoch of the leader", () => {
  const after = electLeader(partition(), {
    isr: [1, 3],
    isAcceptable: (broker) => broker !== 2,
    isUncleanAllowed: false,
  });
  expect(after).toMatchObject({ leader: 1, isr: [1, 3], leaderEpoch: 4, partitionEpoch: 10 });
});

test("the next leader is the first replica that is alive and in sync", () => {
  expect(elect(partition(), [2, 3], { isr: [2, 3] })).toMatchObject({ leader: 2, leaderEpoch: 5 });
  expect(elect(partition({ isr: [1, 3] }), [2, 3], { isr: [3] })).toMatchObject({ leader: 3 });
});

test("who leaves an ISR that is too small for anything to be committed stays eligible", () => {
  const after = elect(partition({ isr: [1, 2] }), [1, 3], { isr: [1] });
  expect(after).toMatchObject({ leader: 1, isr: [1], elr: [2] });
});

test("with nobody in sync an eligible one leads, and is in sync alone", () => {
  const before = partition({ isr: [1], elr: [2] });
  expect(elect(before, [2, 3], { isr: [] })).toEqual({
    leader: 2,
    isr: [2],
    elr: [1],
    lastKnownLeader: -1,
    leaderEpoch: 5,
  });
});

test("one that is eligible does not lead while somebody is in sync", () => {
  const before = partition({ isr: [1], elr: [2], leader: -1 });
  expect(elect(before, [2, 3])).toMatchObject({ leader: -1, isr: [1] });
});

test("who came back without having been shut down in order is not eligible", () => {
  const before = partition({ leader: -1, isr: [], elr: [1, 2], lastKnownLeader: 1 });
  const unclean = { isr: [], uncleanShutdown: 1 };
  expect(elect(before, [], unclean)).toMatchObject({ leader: -1, elr: [2], lastKnownLeader: 1 });
  expect(elect({ ...before, elr: [1] }, [1, 2, 3], unclean)).toMatchObject({ leader: 1, isr: [1] });
  expect(elect({ ...before, elr: [1, 2] }, [1, 3], unclean)).toMatchObject({ leader: -1 });
});

test("the last leader is remembered when nobody else is left, and waited for", () => {
  const alone = partition({ replicas: [1], isr: [1] });
  expect(elect(alone, [], { isr: [] })).toEqual({
    ...NOBODY,
    isr: [],
    elr: [1],
    lastKnownLeader: 1,
  });
});

test("whoever is alive leads where the topic allows it, and is in sync alone", () => {
  const before = partition({ isr: [1] });
  expect(elect(before, [3], { isr: [], isUncleanAllowed: true })).toMatchObject({
    leader: 3,
    isr: [3],
    elr: [],
  });
  expect(elect(before, [3], { isr: [] })).toMatchObject({ leader: -1, elr: [1] });
});

test("a leader that is wanted is taken if it is in sync, or if it does not matter", () => {
  expect(elect(partition(), [1, 2, 3], { preferred: 3 })).toMatchObject({
    leader: 3,
    isr: [1, 2, 3],
  });
  const without = partition({ isr: [1, 2] });
  expect(elect(without, [1, 2, 3], { preferred: 3 })).toMatchObject({ leader: 1, leaderEpoch: 4 });
  expect(elect(without, [1, 2, 3], { preferred: 3, isUncleanAllowed: true })).toMatchObject({
    leader: 3,
    isr: [3],
  });
});
