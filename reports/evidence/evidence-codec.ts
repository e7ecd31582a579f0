import { Type } from "typebox";
import { Value } from "typebox/value";
import { contradictionIn } from "./contradiction.ts";
import { evidenceHeaderSchema, evidenceSchema } from "./evidence-schema.ts";
import type { Evidence } from "./evidence.ts";
import { visibleText } from "./visible-text.ts";

const VERSION = 5;

/**
 * A file that cannot be taken for evidence; the message says which, where, and what was expected.
 */
export class UnreadableEvidence extends Error {
  override readonly name = "UnreadableEvidence";
}

/**
 * Evidence as JSON: fields in the order of the schema whatever order they were built in, two
 * spaces, a newline at the end. Same evidence, same bytes.
 * What is written here is always readable by `decodeEvidence`.
 *
 * @throws Error when the evidence does not keep its own type (a fraction where a count belongs, a
 *   pass beside a broken promise): that is a bug of the caller
 */
export function encodeEvidence(evidence: Evidence): string {
  const complaint = complaintAbout(evidence);
  if (complaint !== undefined) {
    throw new Error(`evidence to be written is wrong: ${complaint}`);
  }
  return `${JSON.stringify(inSchemaOrder(evidenceSchema, evidence), null, 2)}\n`;
}

/**
 * The evidence in the text of a file; `fileName` is for the messages.
 *
 * @throws UnreadableEvidence for a text that is empty, truncated, no JSON, not evidence, of a newer
 *   version, or wrong in a field
 */
export function decodeEvidence(text: string, fileName: string): Evidence {
  const value = parseJson(text, fileName);
  if (!Value.Check(evidenceHeaderSchema, value)) {
    throw new UnreadableEvidence(
      `${fileName} is not falconpay evidence: ` +
        `expected an object with "format": "falconpay-evidence" and a "version"`,
    );
  }
  if (value.version !== VERSION) {
    throw new UnreadableEvidence(
      `${fileName} is evidence of version ${value.version}; this falconpay reads version ${VERSION}: ` +
        (value.version > VERSION
          ? "use a newer falconpay"
          : "run its command again to get a new one"),
    );
  }
  const complaint = complaintAbout(value);
  if (complaint === undefined && Value.Check(evidenceSchema, value)) {
    return value;
  }
  throw new UnreadableEvidence(`${fileName} is not readable evidence: ${complaint}`);
}

function parseJson(text: string, fileName: string): unknown {
  if (text.trim() === "") {
    throw new UnreadableEvidence(`${fileName} is empty: expected evidence`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Our last line is a brace in the first column; a brace further in closes only an inner object.
    const truncated = text.trimStart().startsWith("{") && !/(^|\n)\S*\}\s*$/u.test(text);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = truncated
      ? `${fileName} is truncated: it ends after ${text.length} characters, in the middle`
      : `${fileName} is not JSON: ${visibleText(reason)}`;
    throw new UnreadableEvidence(message, { cause });
  }
}

/** The first thing wrong with the value, as one clause, or undefined when it is evidence. */
function complaintAbout(value: unknown): string | undefined {
  if (Value.Check(evidenceSchema, value)) {
    return contradictionIn(value);
  }
  const error = Value.Errors(evidenceSchema, value)[0];
  if (error === undefined) {
    return "it does not match the schema";
  }
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  if (error.keyword === "required") {
    path.push(error.params.requiredProperties[0] ?? "?");
  }
  const where = path.length === 0 ? "the whole" : visibleText(path.join("."));
  const expected = expectationAt(evidenceSchema, path);
  if (expected === undefined) {
    return `${where}: unknown field`;
  }
  if (error.keyword === "required") {
    return `${where}: missing, expected ${expected}`;
  }
  return `${where}: expected ${expected}, found ${excerptAt(value, path)}`;
}

function expectationAt(schema: Type.TSchema, path: readonly string[]): string | undefined {
  const [step, ...rest] = path;
  if (step === undefined) {
    return String(Reflect.get(schema, "description"));
  }
  if (Type.IsUnion(schema)) {
    return schema.anyOf.map((part) => expectationAt(part, path)).find((part) => part !== undefined);
  }
  if (Type.IsArray(schema)) {
    return expectationAt(schema.items, rest);
  }
  if (!Type.IsObject(schema) || !Object.hasOwn(schema.properties, step)) {
    return undefined;
  }
  const next = schema.properties[step];
  return next === undefined ? undefined : expectationAt(next, rest);
}

function excerptAt(value: unknown, path: readonly string[]): string {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) {
      return "nothing";
    }
    found = Reflect.get(found, step);
  }
  const text = visibleText(JSON.stringify(found) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function unescapePointer(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

function inSchemaOrder(schema: Type.TSchema, value: unknown): unknown {
  if (Type.IsUnion(schema)) {
    const part = schema.anyOf.find((each) => Value.Check(each, value));
    return part === undefined ? value : inSchemaOrder(part, value);
  }
  if (Type.IsArray(schema) && Array.isArray(value)) {
    return value.map((item) => inSchemaOrder(schema.items, item));
  }
  if (Type.IsRecord(schema)) {
    return inAlphabeticalOrder(value);
  }
  if (!Type.IsObject(schema) || typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, part]) => [
      name,
      inSchemaOrder(part, Reflect.get(value, name)),
    ]),
  );
}

/** For what the schema leaves open: the same value gives the same bytes. */
function inAlphabeticalOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inAlphabeticalOrder);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, part]) => [name, inAlphabeticalOrder(part)]),
  );
}
