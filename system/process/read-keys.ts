import Type from "typebox";
import { Compile } from "typebox/compile";
import type { ApiKey } from "../http/api-keys.ts";
import { identifier } from "../http/request-body.ts";
import { SCOPES } from "../ports/verifier.ts";

/**
 * Reads the keys of those who may ask, as a list in JSON: from `API_KEYS`, or from the file that
 * `API_KEYS_FILE` names. Without either there is none, and nobody is let in.
 *
 * @param readFile throws when there is no such file
 */
export function readKeys(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  faults: string[],
): readonly ApiKey[] {
  const { API_KEYS: text, API_KEYS_FILE: path } = environment;
  if (path === undefined) {
    return text === undefined ? [] : parseKeys("API_KEYS", text, faults);
  }
  if (text !== undefined) {
    faults.push("API_KEYS, API_KEYS_FILE: only one of them can say who may ask");
    return [];
  }
  try {
    return parseKeys("API_KEYS_FILE", readFile(path), faults);
  } catch {
    faults.push(`API_KEYS_FILE: ${JSON.stringify(path)} cannot be read`);
    return [];
  }
}

const schema = Type.Array(
  Type.Object(
    {
      id: identifier,
      scopes: Type.Array(Type.Enum(SCOPES), { minItems: 1, uniqueItems: true }),
      sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    },
    { additionalProperties: false },
  ),
);
const compiled = Compile(schema);

/** A fault never repeats what was read: somebody may have put a key itself there. */
function parseKeys(variable: string, text: string, faults: string[]): readonly ApiKey[] {
  const keys = parseJson(text);
  if (!compiled.Check(keys)) {
    const [fault] = compiled.Errors(keys);
    const form =
      'expected JSON: [{"id":"...","scopes":["payments:read"],"sha256":"64 hex digits"}]';
    faults.push(`${variable}: ${fault?.instancePath || "the list"} is not as ${form}`);
    return [];
  }
  const hashes = new Set(keys.map(({ sha256 }) => sha256));
  if (hashes.size < keys.length) {
    faults.push(`${variable}: a key is there twice`);
  }
  return keys;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
