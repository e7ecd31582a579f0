import Type from "typebox";
import { Compile } from "typebox/compile";
import { complaintAboutKnobs, KNOB_BOUNDS, type Knobs } from "../../system/process/knobs.ts";
import {
  ROLES,
  SAGA_SERVICES,
  serviceOf,
  SERVICES,
  type ServiceName,
} from "../../system/process/services.ts";
import { databaseResource } from "../faults/effect-name.ts";
import { complaintAboutFault, faultSchema, outageMs, triggerOf } from "../faults/fault.ts";
import { STRANGER } from "../faults/stranger.ts";
import { processOf } from "../faults/trigger.ts";
import { commandSchema, complaintAboutCommand, serviceAsked } from "./commands/command.ts";
import { openingCommand, type Plan } from "./plan.ts";
import { scheduleSchema } from "./schedule.ts";
import { schemaComplaint } from "./schema-complaint.ts";
import { isAnswered } from "./topology.ts";

const text = Type.String({ maxLength: 10_000 });
const wholeNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** What a process would refuse to start with is no plan. */
const knob = (name: keyof Knobs) => {
  const { min, max } = KNOB_BOUNDS[name];
  return Type.Integer({ minimum: min, maximum: max });
};

/**
 * The limits of a plan: within them a run comes to its end in bounded events, simulated within
 * minutes, and every bound of time (`scenarios/runs/bounds.ts`) is shorter than a simulated day.
 */
const LIMITS = {
  wallets: 1_000,
  commands: 10_000,
  faults: 100,
  processes: 20,
  /** How long faults keep processes from their work, all together. */
  outagesMs: 3_600_000,
} as const;

/**
 * A plan as data, the one schema of it: replay files and evidence hold whole plans, the orders of a
 * child process hold faults. Unknown fields are refused: what is not read would never happen.
 */
const planSchema = record({
  scenario: text,
  seed: wholeNumber,
  wallets: Type.Array(record({ id: text, funding: text, currency: text })),
  commands: Type.Array(commandSchema),
  faults: Type.Array(faultSchema),
  topology: Type.Array(
    record({
      name: Type.String({ pattern: "^[a-z][a-z0-9-]{0,30}$" }),
      roles: Type.Array(Type.Enum([...ROLES]), { minItems: 1, uniqueItems: true }),
    }),
    { minItems: 1 },
  ),
  knobs: record({
    relayBatchMax: knob("relayBatchMax"),
    relayPollMs: knob("relayPollMs"),
    relayLingerMs: knob("relayLingerMs"),
    relayLeaseMs: knob("relayLeaseMs"),
    relayAttemptsMax: knob("relayAttemptsMax"),
    outboxKeptSeconds: knob("outboxKeptSeconds"),
    acceptBatchMax: knob("acceptBatchMax"),
    consumeBatchMax: knob("consumeBatchMax"),
    consumeAttemptsMax: knob("consumeAttemptsMax"),
    consumeRetryDelayMs: knob("consumeRetryDelayMs"),
    sessionTimeoutMs: knob("sessionTimeoutMs"),
  }),
  schedule: scheduleSchema,
  mutant: Type.Union([text, Type.Null()]),
});

/** Reads a plan; what is wrong with it is an answer, with its place in the value. */
export function readPlan(
  value: unknown,
): { readonly kind: "plan"; readonly plan: Plan } | { readonly kind: "refused"; message: string } {
  const tooMuch = complaintAboutSize(value);
  if (tooMuch !== undefined) {
    return { kind: "refused", message: tooMuch };
  }
  if (!compiled.Check(value)) {
    return { kind: "refused", message: schemaComplaint(compiled, value) };
  }
  const message = complaintAbout(value);
  return message === undefined ? { kind: "plan", plan: value } : { kind: "refused", message };
}

const compiled = Compile(planSchema);

const sizes: ReadonlyMap<string, number> = new Map([
  ["wallets", LIMITS.wallets],
  ["commands", LIMITS.commands],
  ["faults", LIMITS.faults],
  ["topology", LIMITS.processes],
]);

/**
 * What there is too much of, or undefined. Looked at before the schema, which would read all of it;
 * what is no plan at all is the schema's to tell.
 */
function complaintAboutSize(value: unknown): string | undefined {
  const fields = typeof value === "object" && value !== null ? Object.entries(value) : [];
  for (const [name, list] of fields) {
    const limit = sizes.get(name);
    if (limit !== undefined && Array.isArray(list) && list.length > limit) {
      return `/${name}: ${list.length} of them; ${limit} are the limit of a plan`;
    }
  }
  return undefined;
}

/** What is wrong with a plan whose every field is right by itself, or undefined. */
function complaintAbout(plan: Plan): string | undefined {
  const aboutKnobs = complaintAboutKnobs(plan.knobs);
  return aboutKnobs === undefined
    ? (complaintAboutTopology(plan) ?? complaintAboutCommands(plan) ?? complaintAboutFaults(plan))
    : `/knobs: ${aboutKnobs}`;
}

/** Names that the worlds give to something else. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "client",
  "kafka",
  "kafka-1",
  STRANGER,
  "main",
  "testbed",
  ...SERVICES.map(({ name }) => databaseResource(name)),
]);

function complaintAboutTopology({ commands, topology, wallets }: Plan): string | undefined {
  const names = topology.map(({ name }) => name);
  const reserved = names.findIndex((name) => RESERVED_NAMES.has(name));
  if (reserved >= 0) {
    return `/topology/${reserved}/name: ${names[reserved]} is the name of something else`;
  }
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) {
    return `/topology/${twice}/name: ${names[twice]} is the name of another process`;
  }
  const roles = topology.flatMap((process) => process.roles);
  const idle = SAGA_SERVICES.find(({ name }) => !roles.some((role) => serviceOf(role) === name));
  if (idle !== undefined) {
    return `/topology: no process has a role of the ${idle.name} service`;
  }
  for (const service of servicesAsked(wallets, commands)) {
    if (!isAnswered(topology, service)) {
      return `/topology: no process answers the ${service} service's clients, and the plan has some`;
    }
  }
  return undefined;
}

function complaintAboutCommands({ commands, wallets }: Plan): string | undefined {
  for (const [index, opening] of wallets.entries()) {
    const complaint = complaintAboutCommand(openingCommand(opening));
    if (complaint !== undefined) {
      return `/wallets/${index}/${complaint.field}: ${complaint.message}`;
    }
  }
  for (const [index, command] of commands.entries()) {
    const complaint = complaintAboutCommand(command);
    if (complaint !== undefined) {
      return `/commands/${index}/${complaint.field}: ${complaint.message}`;
    }
  }
  return undefined;
}

function complaintAboutFaults({ faults, topology }: Plan): string | undefined {
  const outagesMs = faults.reduce((sum, fault) => sum + outageMs(fault), 0);
  if (outagesMs > LIMITS.outagesMs) {
    return `/faults: ${outagesMs} ms of outages; ${LIMITS.outagesMs} ms are the limit of a plan`;
  }
  const names = topology.map(({ name }) => name);
  for (const [index, fault] of faults.entries()) {
    const complaint = complaintAboutFault(fault);
    if (complaint !== undefined) {
      return `/faults/${index}: ${complaint}`;
    }
    const process = processOf(triggerOf(fault));
    if (process !== null && !names.includes(process)) {
      return `/faults/${index}: no process is named ${process}; there are: ${names.join(", ")}`;
    }
  }
  return undefined;
}

function servicesAsked(
  wallets: Plan["wallets"],
  commands: Plan["commands"],
): ReadonlySet<ServiceName> {
  const asked = [...wallets.map(openingCommand), ...commands];
  return new Set(asked.map(serviceAsked));
}

function record<const Fields extends Record<string, Type.TSchema>>(fields: Fields) {
  return Type.Object(fields, { additionalProperties: false });
}
