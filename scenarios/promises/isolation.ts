import { publisherOf, type ServiceName } from "../../system/process/services.ts";
import type { Books } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const isolation: SystemPromise = {
  name: "isolation",
  sentence:
    "A service touches its own database only, and publishes to its own topics only; reconciliation publishes again what others have written down.",
  judged: "at every commit, at every record, and whenever a process first uses a database",
  atCommit: (books, { process, service }) =>
    judge(books, process, service, `writes to the database of the ${service} service`),
  atRecord: (books, { record }, process) =>
    books.servicesOf.get(process)?.has("reconciliation") === true
      ? []
      : judge(books, process, publisherOf(record.topic), `publishes to ${record.topic}`),
  atNote: (books, note, process) =>
    note.what === "uses"
      ? judge(books, process, note.service, `uses the database of the ${note.service} service`)
      : undefined,
  // All of it is seen on the way, in both worlds.
  atEnd: () => [],
  outOf: ({ processes }) => [{ count: processes.length, noun: "processes" }],
};

function judge(
  { servicesOf }: Books,
  process: string,
  service: ServiceName,
  found: string,
): readonly Breach[] {
  return servicesOf.get(process)?.has(service) === false
    ? [{ subject: `process ${process}`, found }]
    : [];
}
