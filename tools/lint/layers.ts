/** A big room whose folders lie in layers: each imports from those below it, and from itself. */
interface LayeredRoom {
  readonly room: string;
  /** Lowest first. Folders and files of one layer do not know each other. */
  readonly layers: readonly (readonly string[])[];
}

/** Every big room, and after it those of its folders that have layers of their own. */
export const LAYERED_ROOMS: readonly LayeredRoom[] = [
  {
    room: "system/",
    layers: [
      ["domain"],
      ["ports"],
      ["database", "http"],
      ["outbox"],
      ["inbox"],
      ["payment", "wallet"],
      ["reconciliation"],
      ["process"],
      ["adapters"],
      ["main.ts"],
    ],
  },
  {
    room: "scenarios/",
    layers: [
      ["faults"],
      ["plans"],
      ["world.ts"],
      ["model"],
      ["books", "contracts", "mutants", "workloads"],
      ["promises"],
      ["runs"],
      ["stories"],
      ["sweeps"],
      ["catalogue.ts"],
    ],
  },
  {
    room: "sim/",
    layers: [["kernel"], ["network"], ["postgres", "kafka"], ["adapters"], ["world"]],
  },
  {
    room: "sim/kernel/",
    layers: [
      [
        "inside.ts",
        "not-simulated.ts",
        "simulation-bug.ts",
        "run-stopped.ts",
        "rolling-hash.ts",
        "scheduled-event.ts",
        "process-clock.ts",
        "host-resources.ts",
        "unhandled-rejections.ts",
        "collect-garbage.ts",
      ],
      ["random.ts", "trace-data.ts", "drain.ts", "tripwire.ts", "event-heap.ts", "wait.ts"],
      ["scheduling", "trace.ts"],
      ["ready-list.ts"],
      ["event-queue.ts", "compare-traces.ts", "simulated-process.ts"],
      ["describe-stuck.ts"],
      ["kernel.ts"],
    ],
  },
  {
    room: "sim/network/",
    layers: [
      ["connection-error.ts", "latency.ts", "retransmission.ts"],
      ["route.ts"],
      ["way.ts", "network-faults.ts"],
      ["link.ts", "stream.ts"],
      ["protocol.ts", "stream-end.ts"],
      ["network.ts"],
      ["request-reply"],
    ],
  },
  {
    room: "sim/postgres/",
    layers: [
      ["ground"],
      ["syntax"],
      ["system-catalog"],
      ["types"],
      ["functions", "resolution"],
      ["locks"],
      ["storage"],
      ["rows"],
      ["serializable"],
      ["expressions"],
      ["operators"],
      ["clauses"],
      ["definitions"],
      ["statements"],
      ["session"],
      ["server"],
      ["client"],
    ],
  },
  {
    room: "scenarios/faults/",
    layers: [
      ["effect-name.ts", "process-note.ts"],
      ["trigger.ts"],
      ["effect-words.ts", "fault-kind.ts", "outside.ts", "planted-breaks.ts", "stranger.ts"],
      ["kinds"],
      ["fault.ts"],
      ["armed-faults.ts"],
      ["effect-gate.ts"],
      ["interpose-ports.ts"],
    ],
  },
  {
    room: "scenarios/plans/",
    layers: [
      ["callers.ts", "level.ts", "trace-of-key.ts"],
      ["commands", "topology.ts", "schedule.ts", "canonical-text.ts", "schema-complaint.ts"],
      ["plan.ts"],
      ["scenario.ts", "plan-schema.ts"],
      ["replay-file.ts"],
    ],
  },
  {
    room: "scenarios/books/",
    layers: [
      ["client-book.ts", "process-book.ts"],
      ["books.ts", "money-words.ts", "balance-change.ts"],
      ["book-table.ts", "follow-process.ts"],
      ["tables"],
      ["book-tables.ts"],
      ["enter-commit.ts"],
      ["read-books.ts"],
    ],
  },
  {
    room: "sim/kafka/",
    layers: [
      ["protocol"],
      ["ground", "log"],
      ["controller", "groups"],
      ["broker", "client"],
      ["cluster"],
    ],
  },
  {
    room: "sim/kafka/client/",
    layers: [["ground"], ["cluster"], ["consumer", "producer"], ["kafka-client.ts"]],
  },
  {
    room: "chaos/",
    layers: [
      ["keeper", "toxiproxy"],
      ["install", "environment"],
      ["local"],
      ["service-addresses.ts"],
      ["processes", "observation.ts", "service-client.ts"],
      ["services", "world.ts"],
    ],
  },
  {
    room: "reports/",
    layers: [
      ["evidence"],
      ["words"],
      ["page", "text", "write-whole.ts"],
      ["forms.ts"],
      ["write-report.ts"],
    ],
  },
];

/** Tests and what only they use stand beside the layers; so do the tools of developers. */
const TEST_SUPPORT = /\.test\.ts$|\/testing\//;
const TOOLS = /^tools\//;

/**
 * Says why one file of a layered room must not import another of it, and what to do instead.
 *
 * @param arrow both paths relative to the project's folder, with forward slashes
 * @returns the message, or undefined when the import goes down, or joins two rooms
 */
export function brokenLayerMessage(arrow: { from: string; to: string }): string | undefined {
  if (TEST_SUPPORT.test(arrow.from) || TOOLS.test(arrow.from)) {
    return undefined;
  }
  if (TEST_SUPPORT.test(arrow.to)) {
    return "what lies in testing/ serves tests only: move what the product needs out of it";
  }
  for (const { room, layers } of LAYERED_ROOMS) {
    const [from, to] = [placeIn(room, arrow.from), placeIn(room, arrow.to)];
    if (from === undefined || to === undefined || from === to) {
      continue;
    }
    const [fromLayer, toLayer] = [layerOf(layers, from), layerOf(layers, to)];
    if (fromLayer < 0 || toLayer < 0) {
      return `${room}${fromLayer < 0 ? from : to} is in no layer of its room: give it one in tools/lint/layers.ts`;
    }
    if (toLayer >= fromLayer) {
      const order = layers.map((layer) => layer.join(", ")).join(" < ");
      return `${room} lies in layers, ${order}: ${from} must not know ${to}; move what both need down, or let the caller hand it in`;
    }
  }
  return undefined;
}

/** The folder, or the file, right below the room; undefined for what lies elsewhere. */
function placeIn(room: string, path: string): string | undefined {
  return path.startsWith(room) ? path.slice(room.length).split("/")[0] : undefined;
}

function layerOf(layers: LayeredRoom["layers"], place: string): number {
  return layers.findIndex((layer) => layer.includes(place));
}
