import type { Books, Touched } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const oneRelay: SystemPromise = {
  name: "one-relay",
  sentence:
    "One relay at a time publishes an outbox: none takes it over before the lease of another has ended, and who does not hold it changes neither its lease nor what is marked as sent.",
  judged: "at every commit",
  atCommit: (books, touched) => [...judgeLease(books, touched), ...judgeMarking(books, touched)],
  // All of it is seen on the way, or not at all.
  atEnd: () => [],
  outOf: ({ books }) => [{ count: books.outboxes.size, noun: "outboxes" }],
};

function judgeLease({ leases, knobs }: Books, touched: Touched): readonly Breach[] {
  const { service, process, isLease } = touched;
  const lease = isLease ? leases.get(service) : undefined;
  if (lease?.before === undefined) {
    return [];
  }
  const subject = `outbox of ${service}`;
  if (lease.holder === lease.before.holder) {
    const found = `has its lease renewed or ended by ${process}, and ${lease.process} holds it`;
    return lease.process === process ? [] : [{ subject, found }];
  }
  const earlyMs = lease.before.endsAtMs - (lease.endsAtMs - knobs.relayLeaseMs);
  const found = `is taken by ${process} ${earlyMs} ms before the lease of another has ended`;
  return earlyMs <= 0 ? [] : [{ subject, found }];
}

function judgeMarking({ leases }: Books, touched: Touched): readonly Breach[] {
  const { service, process, marked } = touched;
  const holder = leases.get(service)?.process;
  const found = `has ${marked.size} events marked as sent by ${process}, and ${holder ?? "nobody"} holds it`;
  return marked.size === 0 || holder === process
    ? []
    : [{ subject: `outbox of ${service}`, found }];
}
