import type { HandlerCall, Played } from "./play-script.ts";

/**
 * What has to hold of a script however it went, on any broker; each thing that does not, as a
 * sentence.
 */
export function brokenInvariants(played: Played): readonly string[] {
  return played.partitions.flatMap(({ committed, end }, partition) => {
    const calls = played.calls.filter((call) => call.partition === partition);
    const name = `partition ${partition}`;
    return [
      ...(committed > end ? [`${name}: committed up to ${committed}, which is past ${end}`] : []),
      ...skipped(calls, committed).map((offset) => `${name}: record ${offset} was skipped`),
      ...outOfOrder(calls).map((text) => `${name}: ${text}`),
      ...(committed === end ? lost(calls, played).map((text) => `${name}: ${text}`) : []),
    ];
  });
}

/** Records that count as handled and that nobody was given. */
function skipped(calls: readonly HandlerCall[], committed: number): readonly number[] {
  return Array.from({ length: committed }, (_, offset) => offset).filter(
    (offset) => !calls.some((call) => call.offset === offset),
  );
}

/**
 * What a member is given next follows what it had, or goes back, or was given to another in
 * between. Records of one key are in the order of sending, but for those that were sent again.
 */
function outOfOrder(calls: readonly HandlerCall[]): readonly string[] {
  const found: string[] = [];
  for (const [index, call] of calls.entries()) {
    const before = calls.slice(0, index);
    const last = before.findLast(({ member }) => member === call.member)?.offset ?? -1;
    for (let offset = last + 1; offset < call.offset; offset += 1) {
      if (!before.some((each) => each.offset === offset)) {
        found.push(`${call.member} was given record ${call.offset} before anybody had ${offset}`);
      }
    }
    const late = before.find(({ offset, value }) => offset < call.offset && value > call.value);
    const isAgain = before.some(({ value }) => value === call.value);
    if (late !== undefined && !isAgain) {
      found.push(`${call.value} is at ${call.offset}, behind ${late.value} at ${late.offset}`);
    }
  }
  return found;
}

/** Sends that were answered well, of records that are not there. */
function lost(calls: readonly HandlerCall[], { acknowledged }: Played): readonly string[] {
  return acknowledged.flatMap((isAnswered, value) =>
    isAnswered && !calls.some((call) => call.value === value)
      ? [`${value} was acknowledged and is not there`]
      : [],
  );
}

/**
 * What became of each record of each partition: how often it is there, how it was delivered (once,
 * again to the same member, to another, or to another while the first had it in hand), and whether
 * it counts as handled. Times are left out: two runs that differ in chance alone may come to the
 * same.
 */
export function outcomeOf(played: Played): readonly string[] {
  return played.partitions.map((_, partition) => {
    const records = recordsOf(played, partition).map((text, value) => `${value} ${text}`);
    return `partition ${partition}: ${records.join("; ")}`;
  });
}

/**
 * The same of all records together, each kind once: where a broker goes, how many records come
 * again depends on how long it was away.
 */
export function kindsOf(played: Played): readonly string[] {
  return [...new Set(played.partitions.flatMap((_, partition) => recordsOf(played, partition)))];
}

function recordsOf(played: Played, partition: number): readonly string[] {
  return played.partitions.slice(partition, partition + 1).flatMap(({ committed }) =>
    played.acknowledged.map((_, value) => {
      const calls = played.calls.filter(
        (call) => call.partition === partition && call.value === value,
      );
      const offsets = [...new Set(calls.map(({ offset }) => offset))];
      const how = offsets.map((each) => deliveryOf(calls.filter(({ offset }) => offset === each)));
      const isHandled = offsets.every((offset) => offset < committed) ? "handled" : "left";
      return how.length === 0 ? "never" : `${how.join(" and ")}, ${isHandled}`;
    }),
  );
}

function deliveryOf(calls: readonly HandlerCall[]): string {
  if (calls.length < 2) {
    return "once";
  }
  if (new Set(calls.map(({ member }) => member)).size === 1) {
    return "again";
  }
  return calls.some((call) => overlaps(call, calls)) ? "to two at once" : "to another";
}

function overlaps(call: HandlerCall, calls: readonly HandlerCall[]): boolean {
  return calls.some(
    (other) =>
      other !== call &&
      other.begun < call.begun &&
      (other.over === undefined || other.over > call.begun),
  );
}
