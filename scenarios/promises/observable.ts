import { serviceOf, type ServiceName } from "../../system/process/services.ts";
import type { Books } from "../books/books.ts";
import type { Breach, SaidLine, SelfReport, SystemPromise } from "./system-promise.ts";

export const observable: SystemPromise = {
  name: "observable",
  sentence:
    "Once all is at rest, every process says that it is ready, and its metrics are what its databases hold and what it has done.",
  judged: "at the end, for every process",
  atEnd: ({ books, watched, notUp, reports }) =>
    notUp.length > 0
      ? []
      : reports.flatMap((report) => [
          ...judgeReadiness(books, report),
          ...judgeMetrics(books, watched, report),
        ]),
  outOf: ({ reports }) => [{ count: reports.length, noun: "processes" }],
};

/** By a clock that was set, trouble that passes in time may pass late. */
function judgeReadiness(
  { areClocksRight }: Books,
  { process, isReady, troubles }: SelfReport,
): readonly Breach[] {
  return isReady || !areClocksRight
    ? []
    : [{ subject: `process ${process}`, found: `is not ready: ${troubles}` }];
}

function judgeMetrics(
  books: Books,
  watched: Books,
  { process, roles, metrics, said }: SelfReport,
): readonly Breach[] {
  const subject = `process ${process}`;
  if (metrics === undefined) {
    return [{ subject, found: "does not say what it has counted" }];
  }
  // Where no commit is seen, not all that is said is heard in time.
  const lines = watched.commits === 0 ? undefined : said;
  const services = [...new Set(roles.map(serviceOf))];
  const expected = new Map([
    ...services.flatMap((service) => [...heldBy(books, service)]),
    ...countedOf(lines ?? []),
  ]);
  const figures = readFigures(metrics);
  // What is not expected has to be zero, and a counter that is not there has counted nothing.
  const wrong = [...new Set([...expected.keys(), ...figures.keys()])].find(
    (name) =>
      !(lines === undefined && isCounter(name)) &&
      (figures.get(name) ?? (isCounter(name) ? 0 : undefined)) !== (expected.get(name) ?? 0),
  );
  return wrong === undefined
    ? []
    : [
        {
          subject,
          found: `says that ${wrong} is ${figures.get(wrong) ?? "not there"}, and it is ${expected.get(wrong) ?? 0}`,
        },
      ];
}

/** What a service's database holds. */
function heldBy(books: Books, service: ServiceName): ReadonlyMap<string, number> {
  const held = new Map([[`falconpay_database_up{service="${service}"}`, 1]]);
  if (service === "reconciliation") {
    for (const { class: name, isOpen } of books.breaks.values()) {
      const state = isOpen ? "open" : "resolved";
      add(held, `falconpay_breaks{class="${name}",state="${state}"}`);
    }
    return held;
  }
  const figure = (name: string, value: number) =>
    held.set(`falconpay_${name}{service="${service}"}`, value);
  const unsent = [...(books.outboxes.get(service)?.values() ?? [])].filter(({ sent }) => !sent);
  figure("dead_letters", books.setAside.get(service)?.size ?? 0);
  figure("outbox_pending", unsent.length);
  figure("outbox_dead_letters", 0);
  if (service === "payment") {
    const pending = [...books.payments.values()].filter(({ status }) => status === "PENDING");
    figure("payments_pending", pending.length);
  }
  return held;
}

/** What a process has to have counted, by what it said. */
function countedOf(said: readonly SaidLine[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const { name, detail } of said.filter((line) => !line.name.startsWith(OWN_LIFE))) {
    add(counted, `falconpay_events_total{event="${name}"}`);
    if (name === "inbox.duplicate") {
      add(counted, "falconpay_inbox_duplicates_total");
    }
    if (name === "settle.done") {
      const { status, reason } = detail;
      add(counted, `falconpay_payments_settled_total{status="${status}",reason="${reason}"}`);
    }
    if (name === "transaction.retry" || name === "inbox.retry") {
      add(counted, `falconpay_retries_total{code="${detail["code"]}"}`);
    }
    if (name.startsWith("transaction.") && detail["code"] === DEADLOCK) {
      add(counted, `falconpay_deadlocks_total{transaction="${detail["transaction"]}"}`);
    }
  }
  return counted;
}

/** A process says of its beginning and its end what its roles do not count. */
const OWN_LIFE = "process.";
/** PostgreSQL's `deadlock_detected`. */
const DEADLOCK = "40P01";

function isCounter(name: string): boolean {
  return /^falconpay_[a-z_]+_total\b/.test(name);
}

/** The figures of Prometheus's text format, each by its name with its labels. */
function readFigures(text: string): ReadonlyMap<string, number> {
  const lines = [...text.matchAll(/^(falconpay_\S+(?:\{.*\})?) (\S+)$/gm)];
  return new Map(
    lines
      .map(([, name = "", value]) => [name, Number(value)] as const)
      // How old something is grows; and see `OWN_LIFE`.
      .filter(([name]) => !/_oldest_age_seconds|event="process\./.test(name)),
  );
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
