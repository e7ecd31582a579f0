import { createProgram } from "../../cli/program.ts";
import { OPERATORS } from "../../mutation/generate/operators.ts";
import { EXIT_CODES } from "../../reports/evidence/verdict.ts";
import { SCENARIOS } from "../../scenarios/catalogue.ts";
import { FAULT_KINDS } from "../../scenarios/faults/fault.ts";
import { MUTANTS } from "../../scenarios/mutants/mutants.ts";
import { PROMISES } from "../../scenarios/promises/promises.ts";
import { CASE_NAMES } from "../../scenarios/runs/reached-cases.ts";
import { UNCLAIMED_LINES } from "../../scenarios/runs/said-cases.ts";
import { SERVICES } from "../../system/process/services.ts";
import { BREAK_CLASSES } from "../../system/reconciliation/break-classes.ts";
import { LAYERED_ROOMS } from "../lint/layers.ts";
import { code, codes, list, table } from "./markdown.ts";
import { readProjectFile } from "./pages.ts";
import {
  writeSqlFunctions,
  writeSqlInstead,
  writeSqlOperators,
  writeSqlTypes,
} from "./sql-tables.ts";

/** What stands in the blocks of the documentation, by name: each is written from the code. */
export const BLOCKS: ReadonlyMap<string, () => string> = new Map([
  ["promises", writePromises],
  ["exit codes", writeExitCodes],
  ["faults", writeFaults],
  ["cases", writeCases],
  ["lines that show no case", writeUnclaimedLines],
  ["scenarios", writeScenarios],
  ["mutants", writeMutants],
  ["options of run", () => writeOptions("run")],
  ["options of crash-points", () => writeOptions("crash-points")],
  ["options of replay", () => writeOptions("replay")],
  ["options of schedules", () => writeOptions("schedules")],
  ["mutation operators", writeOperators],
  ["options of mutants", () => writeOptions("mutants")],
  ["a suite", () => fenced(readProjectFile("testing/example.test.ts"))],
  ["services", writeServices],
  ["layers", writeLayers],
  ["sql types", writeSqlTypes],
  ["sql operators", writeSqlOperators],
  ["sql functions", writeSqlFunctions],
  ["sql instead", writeSqlInstead],
  ["break classes", writeBreakClasses],
]);

/** @throws Error when there is no such block */
export function writeBlock(name: string): string {
  const write = BLOCKS.get(name);
  if (write === undefined) {
    throw new Error(`there is no block ${name}; there are: ${[...BLOCKS.keys()].join(", ")}`);
  }
  return write();
}

function fenced(typescript: string): string {
  return `\`\`\`ts\n${typescript}\`\`\``;
}

function writePromises(): string {
  return list(
    PROMISES.map(({ name, sentence, judged }) => `${strong(name)}: ${sentence} Judged: ${judged}.`),
  );
}

function writeExitCodes(): string {
  return table(
    ["code", "name", "meaning"],
    EXIT_CODES.map((each) => [String(each.code), each.name, each.meaning]),
  );
}

function writeFaults(): string {
  return list(
    FAULT_KINDS.map(
      ({ kind, sentence, needs }) =>
        `${strong(kind)}: ${sentence} Needs of a world: ${codes(needs)}.`,
    ),
  );
}

function writeScenarios(): string {
  return list(
    SCENARIOS.map(
      ({ name, title, description, catches }) =>
        `${strong(name)}: ${title}. ${description.join(" ")} Known to catch: ${codes(catches)}.`,
    ),
  );
}

function writeCases(): string {
  return table(
    ["case", "scenarios whose sweeps must reach it"],
    CASE_NAMES.map((name) => [
      name,
      codes(SCENARIOS.filter(({ aims }) => aims?.includes(name) ?? true).map((each) => each.name)),
    ]),
  );
}

function writeUnclaimedLines(): string {
  return table(
    ["line", "why no sweep must reach it"],
    UNCLAIMED_LINES.map(({ line, why }) => [code(line), why]),
  );
}

function writeMutants(): string {
  return list(
    MUTANTS.map(({ id, defect, breaks }) => `${strong(id)} breaks ${code(breaks)}: ${defect}`),
  );
}

function writeOperators(): string {
  return table(
    ["operator", "what it does"],
    OPERATORS.map(({ name, sentence }) => [code(name), sentence]),
  );
}

/** The options of a command, in the words of its help. */
function writeOptions(commandName: string): string {
  const command = createProgram().commands.find((each) => each.name() === commandName);
  if (command === undefined) {
    throw new Error(`there is no command ${commandName}`);
  }
  const help = command.createHelp();
  return table(
    ["option", "meaning"],
    command.options.map((option) => [code(option.flags), help.optionDescription(option)]),
  );
}

function writeServices(): string {
  return table(
    ["service", "role", "what it does"],
    SERVICES.flatMap(({ name, topics, roles }) =>
      roles.map((role) => [name, code(role.name), taskOf(role, topics)]),
    ),
  );
}

function taskOf(
  role: (typeof SERVICES)[number]["roles"][number],
  topics: readonly string[],
): string {
  switch (role.kind) {
    case "api":
      return "answers clients";
    case "relay":
      return `publishes the outbox to ${codes(topics)}`;
    case "auditor":
      return "compares the services' databases, daily and on demand, and answers who asks for breaks";
    case "consumer":
      return `consumes ${codes(role.topics)}, in the group ${code(role.name)}`;
  }
}

function writeBreakClasses(): string {
  return table(
    ["check", "class", "what was expected", "repair"],
    Object.entries(BREAK_CLASSES).map(([name, { check, sentence, repair }]) => [
      check,
      code(name),
      sentence,
      repair,
    ]),
  );
}

function writeLayers(): string {
  return table(
    ["room", "layers, lowest first"],
    LAYERED_ROOMS.map(({ room, layers }) => [
      room.replace(/\/$/, ""),
      layers.map((layer) => layer.join(", ")).join(" · "),
    ]),
  );
}

function strong(name: string): string {
  return `**${code(name)}**`;
}
