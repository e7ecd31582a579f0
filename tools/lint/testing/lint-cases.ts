/**
 * A scratch file, and what each message about it must say: what is wrong, and what to do instead.
 * In its code `~/` stands for the project's folder.
 */
export interface LintCase {
  readonly file: string;
  readonly code: string;
  readonly says: readonly RegExp[];
}

/** Imports against the drawing of who may import whom. */
export const ARROWS: readonly LintCase[] = [
  forbidden("tools/lint/rule.ts", "cli.ts", /nothing imports it/),
  forbidden("scenarios/run.ts", "cli.ts", /nothing imports it: move what you need/),
  forbidden("bench/main.ts", "cli.ts", /nothing imports it/),
  forbidden("testing/suite.ts", "cli/options.ts", /a suite runs in the simulated world/),
  forbidden("testing/matchers.ts", "chaos/world.ts", /a suite runs in the simulated world/),
  forbidden("scenarios/draw.ts", "testing/arbitraries.ts", /serves the suites of users/),
  forbidden(
    "system/process/services.ts",
    "scenarios/world.ts",
    /declare a port in system\/ports\//,
  ),
  forbidden("system/main.ts", "reports/evidence/evidence.ts", /declare a port in system\/ports\//),
  forbidden("reports/verify.ts", "system/domain/money.ts", /reports is a leaf.*evidence\.ts/),
  forbidden("sim/world/world.ts", "chaos/world.ts", /never know each other.*scenarios\/world\.ts/),
  forbidden("chaos/world.ts", "sim/world/world.ts", /never know each other.*scenarios\/world\.ts/),
  forbidden("sim/kernel/clock.ts", "sim/network/link.ts", /sim\/kernel knows nobody/),
  forbidden("sim/kernel/trace.ts", "system/ports/clock.ts", /sim\/kernel knows nobody/),
  forbidden(
    "sim/network/link.ts",
    "sim/kafka/broker/kafka-broker.ts",
    /sim\/network knows sim\/kernel only/,
  ),
  forbidden(
    "sim/postgres/server/session.ts",
    "sim/kafka/broker/kafka-broker.ts",
    /no payment: join it .*sim\/adapters\//,
  ),
  forbidden(
    "sim/postgres/rows.ts",
    "system/ports/database.ts",
    /no payment: join it .*sim\/adapters\//,
  ),
  forbidden(
    "sim/kafka/broker/kafka-broker.ts",
    "scenarios/world.ts",
    /no payment: join it .*sim\/adapters\//,
  ),
  forbidden(
    "sim/kafka/group.ts",
    "reports/evidence/evidence.ts",
    /no payment: join it .*sim\/adapters\//,
  ),
  forbidden(
    "system/payment/accept.ts",
    "system/wallet/transfer.ts",
    /only events join .*system\/domain\//,
  ),
  forbidden(
    "system/wallet/transfer.ts",
    "system/payment/accept.ts",
    /only events join .*system\/domain\//,
  ),
  forbidden(
    "system/domain/money.ts",
    "system/ports/clock.ts",
    /imports only itself: take the facts as parameters/,
  ),
  forbidden(
    "scenarios/promises/ends.ts",
    "scenarios/workloads/mixed.ts",
    /judge does not know the driver: read .*observation/,
  ),
  forbidden("scenarios/catalogue.ts", "sim/world/world.ts", /knows no world: ask the World port/),
  forbidden("scenarios/mutants/f0.ts", "chaos/world.ts", /knows no world: ask the World port/),
  forbidden("scenarios/shrink.ts", "reports/page/html.ts", /rendering belongs to cli\.ts/),
  forbidden(
    "chaos/supervisor.ts",
    "tools/node/fetch-node.mjs",
    /move what the product needs into a room/,
  ),
  forbidden(
    "sim/postgres/storage/heap.ts",
    "sim/postgres/clauses/statement-plan.ts",
    /ground < syntax < .*: storage must not know clauses; move what both need down/,
  ),
  forbidden(
    "sim/network/stream.ts",
    "sim/network/request-reply/push.ts",
    /stream\.ts must not know request-reply/,
  ),
  forbidden(
    "sim/kafka/client/ask.ts",
    "sim/kafka/broker/kafka-broker.ts",
    /client must not know broker/,
  ),
  forbidden("chaos/keeper/keep.ts", "chaos/local/local.ts", /keeper must not know local/),
  forbidden("scenarios/plans/plan.ts", "system/adapters/node.ts", /a scenario knows no driver/),
  forbidden("chaos/processes/judge.ts", "scenarios/sweeps/sweep.ts", /carries plans out/),
  forbidden("scenarios/faults/kinds/late.ts", "scenarios/faults/fault.ts", /kinds must not know/),
  forbidden("scenarios/odd/odd.ts", "scenarios/plans/plan.ts", /odd is in no layer of its room/),
  forbidden("reports/page/page.ts", "reports/testing/sample.ts", /serves tests only/),
];

/** Uses of the host where the simulation runs. */
export const HOST_BANS: readonly LintCase[] = [
  banned(
    "date-now",
    "export const now = Date.now();",
    /host's clock: take `clock\.nowMs\(\)`.*clock\.ts/,
  ),
  banned("new-date", "export const now = new Date();", /host's clock.*`clock\.nowMs\(\)`/),
  banned("date-call", "export const now = Date();", /host's clock.*`clock\.nowMs\(\)`/),
  banned("date-apart", "export const { now } = Date;", /host's clock.*`clock\.nowMs\(\)`/),
  banned(
    "performance",
    "export const now = performance.now();",
    /host's clock.*`clock\.nowMs\(\)`/,
  ),
  banned(
    "random",
    "export const half = Math.random();",
    /cannot be replayed.*entropy\.ts.*named stream/,
  ),
  banned(
    "uuid",
    "export const id = crypto.randomUUID();",
    /cannot be replayed.*`entropy\.uuid\(\)`/,
  ),
  banned(
    "timeout",
    "setTimeout(() => undefined, 1);",
    /setTimeout .*`clock\.sleep\(delayMs, signal\)`/,
  ),
  banned("interval", "setInterval(() => undefined, 1);", /setInterval .*`clock\.sleep\(/),
  banned(
    "signal",
    "export const signal = AbortSignal.timeout(1);",
    /AbortSignal\.timeout .*`clock\.sleep\(/,
  ),
  banned("immediate", "setImmediate(() => undefined);", /setImmediate .*await the promise itself/),
  banned(
    "microtask",
    "queueMicrotask(() => undefined);",
    /queueMicrotask .*await the promise itself/,
  ),
  banned(
    "tick",
    "process.nextTick(() => undefined);",
    /process\.nextTick .*await the promise itself/,
  ),
  banned("environment", "export const { env } = process;", /configuration as a parameter/),
  banned(
    "fetch",
    "export const answer = await fetch('http://127.0.0.1');",
    /network: take the .*port/,
  ),
  banned("global-this", "export const { fetch } = globalThis;", /network: take the .*port/),
  banned(
    "global-date",
    "export const now = globalThis.Date.now();",
    /host's clock.*`clock\.nowMs\(\)`/,
  ),
  banned("console", "console.log('hello');", /`telemetry\.event\(\)`/),
  banned(
    "power",
    "export const cube = (x: number) => x ** 3;",
    /between Node versions.*use bigint/,
  ),
  banned(
    "pow",
    "export const cube = (x: number) => Math.pow(x, 3);",
    /between Node versions.*bigint/,
  ),
  banned(
    "node-module",
    "export { readFile } from 'node:fs/promises';",
    /declare a port .*system\/adapters\//,
    /a re-export hides/,
  ),
  banned(
    "old-module",
    "import { join } from 'path';\nexport const path = join('a', 'b');",
    /path is the host's: declare a port/,
  ),
  banned("driver", "import pg from 'pg';\nexport const pool = new pg.Pool();", /database port/),
  banned("client", "import { Kafka } from 'kafkajs';\nexport const client = Kafka;", /broker port/),
  banned(
    "toxics",
    "import { Toxiproxy } from 'toxiproxy-node-client';\nexport const toxics = Toxiproxy;",
    /ask the World port/,
  ),
];

/** Parts of the language that the project does without. */
export const LANGUAGE_BANS: readonly LintCase[] = [
  banned("enum", "export enum Status { Pending }", /enum is not erased.*union of string literals/),
  banned(
    "namespace",
    "export namespace money { export const ONE = 1n; }",
    /namespace is not erased.*file of its own/,
  ),
  banned("default", "export default 1;", /default export .*by its name/),
  banned(
    "barrel",
    "export * from './money.ts';",
    /re-export hides.*import it from the file that defines it/,
  ),
  banned("small-barrel", "export { a } from './money.ts';", /re-export hides/),
  banned("slow-barrel", "import { a } from './money.ts';\nexport { a };", /re-export hides/),
  banned("any", "export const parse = (text: any) => String(text);", /any turns .*`unknown`/),
  banned(
    "non-null",
    "export const first = (list: string[]) => list[0]!;",
    /! asserts .*test for undefined/,
  ),
  banned(
    "as",
    "export const text = (value: unknown) => value as string;",
    /`as` asserts .*codec\.ts/,
  ),
  banned(
    "angle",
    "export const text = (value: unknown) => <string>value;",
    /`as` asserts .*codec\.ts/,
  ),
  banned(
    "for-in",
    "export function* keys(o: object) { for (const key in o) yield key; }",
    /integer-like keys first.*iterate a Map/,
  ),
];

/** What the project writes in one way where the language leaves it open. */
export const DIALECT: readonly LintCase[] = [
  banned("number", "export const delayMsMax = 5;", /in capitals, DELAY_MS_MAX/),
  banned("table", "const byName = { a: [1, 2] };\nexport const { a } = byName;", /BY_NAME/),
  banned("slashes", "// What it does.\nexport function act() {}", /as \/\*\* \.\.\. \*\//),
  banned(
    "prose",
    "/** Acts. Throws when it cannot. */\nexport function act() {}",
    /`@throws Error/,
  ),
  banned("wide", `export {};\n// ${"wide ".repeat(20)}`, /at most 100 characters/),
];

/** State of a module of the services, which would survive a simulated crash. */
export const MODULE_STATE: readonly LintCase[] = [
  stateful(
    "let",
    "let seen = 0;\nexport const next = () => (seen += 1);",
    /let seen .*outlives a crash.*`createX\(\)`/,
  ),
  stateful(
    "exported-let",
    "export let seen = 0;\nexport const next = () => (seen += 1);",
    /let seen /,
  ),
  stateful(
    "map",
    "const known = new Map<string, string>();\nexport const get = (key: string) => known.get(key);",
    /known is there to be changed/,
  ),
  stateful(
    "filled-map",
    "const KNOWN = new Map([['a', 1]]);\nexport const put = (key: string) => KNOWN.set(key, 2);",
    /KNOWN is of the module, and is changed here/,
  ),
  stateful(
    "set",
    "const KNOWN = new Set(['a']);\nexport const forget = (key: string) => KNOWN.delete(key);",
    /KNOWN .*changed here/,
  ),
  stateful(
    "list",
    "const done: string[] = [];\nexport const note = (text: string) => done.push(text);",
    /done .*changed here/,
  ),
  stateful(
    "element",
    "const COUNTS = [0];\nexport function count() {\n  COUNTS[0] = 1;\n}",
    /COUNTS .*changed here/,
  ),
  stateful(
    "object",
    "const STATE = { count: 1 };\nexport const next = () => (STATE.count += 1);",
    /STATE .*changed here/,
  ),
  stateful(
    "deep",
    "const STATE = { of: { all: [''] } };\nexport const note = (text: string) => STATE.of.all.push(text);",
    /STATE .*changed here/,
  ),
  stateful(
    "part",
    "const LISTS = new Map([['a', [1]]]);\nexport const note = () => LISTS.get('a')?.push(2);",
    /LISTS .*changed here/,
  ),
  stateful(
    "removed",
    "const state: Record<string, string> = {};\nexport function forget(key: string) {\n  delete state[key];\n}",
    /state .*changed here/,
  ),
  stateful(
    "assign",
    "const STATE = { count: 1 };\nexport const put = (count: number) => Object.assign(STATE, { count });",
    /STATE .*changed here/,
  ),
  stateful(
    "function",
    "export function next() {\n  next.count += 1;\n}\nnext.count = 0;",
    /next .*changed here/,
  ),
  stateful(
    "imported",
    "import { LIST } from './list.ts';\nexport const note = (text: string) => LIST.push(text);",
    /LIST .*changed here/,
  ),
  stateful("static", "export class Counter {\n  static count = 0;\n}", /static field is state/),
  stateful(
    "expression",
    "const WORD = /a/g;\nexport const has = (text: string) => WORD.test(text);",
    /WORD is there to be changed/,
  ),
];

/** Bans that oxlint brings along, with its own messages. */
export const LIBRARY_BANS = [
  {
    file: "scenarios/floating.ts",
    code: "async function f() {}\nf();\nexport const g = f;",
    rule: "typescript(no-floating-promises)",
  },
  { file: "scenarios/CamelCase.ts", code: "export const A = 1;", rule: "unicorn(filename-case)" },
  {
    file: "scenarios/unsorted.ts",
    code: "export const s = (a: number[]) => a.toSorted();",
    rule: "typescript(require-array-sort-compare)",
  },
  { file: "scenarios/braces.ts", code: "let a = 1;\nif (a > 0) a = 2;", rule: "eslint(curly)" },
  {
    file: "scenarios/egg.ts",
    code: 'import type { Hen } from "./hen.ts";\nexport interface Egg { readonly laidBy: Hen; }',
    rule: "import(no-cycle)",
  },
  {
    file: "scenarios/hen.ts",
    code: 'import type { Egg } from "./egg.ts";\nexport interface Hen { readonly hatched: Egg; }',
    rule: "import(no-cycle)",
  },
  {
    file: "scenarios/focused.test.ts",
    code: "import { test } from 'vitest';\ntest.only('a', () => undefined);",
    rule: "vitest(no-focused-tests)",
  },
];

/** What follows the drawn ARROWS, or is on its proper side of a port. */
export const ALLOWED = [
  {
    file: "cli.ts",
    code: imports("sim/world/world.ts", "chaos/world.ts", "reports/page/html.ts"),
  },
  { file: "tools/docs/main.ts", code: imports("cli/program.ts", "scenarios/catalogue.ts") },
  {
    file: "sim/adapters/database.ts",
    code: imports("system/ports/database.ts", "sim/postgres/server/session.ts"),
  },
  { file: "sim/postgres/locks.ts", code: imports("sim/kernel/clock.ts", "sim/network/link.ts") },
  {
    file: "sim/determinism.test.ts",
    code: imports("tools/node/fetch-node.mjs", "scenarios/run.ts"),
  },
  {
    file: "scenarios/load.ts",
    code: imports("system/process/services.ts", "reports/evidence/evidence.ts"),
  },
  {
    file: "system/adapters/clock.ts",
    code: "export const now = Date.now();\nsetTimeout(() => undefined, 1);",
  },
  {
    file: "system/adapters/pool.ts",
    code: "import pg from 'pg';\nexport const pool = new pg.Pool();",
  },
  {
    file: "reports/write-files.ts",
    code: "import { writeFile } from 'node:fs/promises';\nexport const w = writeFile;",
  },
  { file: "sim/kernel/drain.ts", code: "setImmediate(() => process.emitWarning('drained'));" },
  {
    file: "scenarios/shadow.ts",
    code: "export const later = (setTimeout: () => void) => setTimeout();",
  },
  {
    file: "scenarios/whole.ts",
    code: "export const SCALE = 10n ** 3n;\nexport const MAX = 2 ** 31;",
  },
  { file: "scenarios/frozen.ts", code: "export const KINDS = ['a', 'b'] as const;" },
  {
    file: "scenarios/evidence-codec.ts",
    code: "export const text = (value: unknown) => value as string;",
  },
  {
    file: "scenarios/dialect.ts",
    code: "/** Acts. @throws Error */\nexport function act() {\n  const delayMs = 5;\n  return delayMs;\n}",
  },
  { file: "sim/postgres/rows/row.ts", code: imports("sim/postgres/storage/table.ts") },
  { file: "reports/page/page.test.ts", code: imports("reports/testing/sample.ts") },
  {
    file: "system/inbox/stateless.ts",
    code: [
      "const NAMES = new Set(['a']);",
      "const none: ReadonlyMap<string, string> = new Map();",
      "const TABLE = new Map<string, number>([['a', 1]]);",
      "for (const name of NAMES) {\n  TABLE.set(name, 2);\n}",
      "export const get = (name: string) => TABLE.get(name) ?? none.get(name);",
      "export const sorted = (names: string[]) => [...NAMES, ...names].sort();",
      "export class Pool {\n  static readonly SIZE = 1;\n  readonly #idle: string[] = [];\n  give(name: string) {\n    this.#idle.push(name);\n  }\n}",
    ].join("\n"),
  },
  {
    file: "system/inbox/stateful.test.ts",
    code: "let seen = 0;\nexport const next = () => (seen += 1);",
  },
  { file: "vitest.config.ts", code: "export default { test: {} };" },
];

function forbidden(from: string, to: string, says: RegExp): LintCase {
  return { file: from, code: imports(to), says: [says] };
}

function banned(name: string, code: string, ...says: readonly RegExp[]): LintCase {
  return { file: `scenarios/runs/banned-${name}.ts`, code, says };
}

function stateful(name: string, code: string, ...says: readonly RegExp[]): LintCase {
  return { file: `system/inbox/stateful-${name}.ts`, code, says };
}

function imports(...paths: readonly string[]): string {
  return paths.map((path) => `import "~/${path}";`).join("\n");
}
