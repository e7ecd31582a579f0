import { createHash, randomBytes } from "node:crypto";
import type { ApiKey } from "../../system/http/api-keys.ts";
import { SCOPES, type Scope } from "../../system/ports/verifier.ts";
import type { ServerVariables } from "../service-addresses.ts";

/** Who may ask the services, and with which keys. */
export interface ServiceKeys {
  /** The keys by who holds them; empty where only their hashes are known. */
  readonly keys: Readonly<Record<string, string>>;
  /** What the services are told. */
  readonly variables: ServerVariables;
}

const CUSTOMERS_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== "operator");

/** Who gets a key where nobody has configured any. */
const HOLDERS: readonly (readonly [id: string, scopes: readonly Scope[]])[] = [
  ["operator", SCOPES],
  ["customer-1", CUSTOMERS_SCOPES],
  ["customer-2", CUSTOMERS_SCOPES],
];

/** The keys that an environment configures, or fresh ones. */
export function serviceKeys(
  environment: Readonly<Record<string, string | undefined>>,
): ServiceKeys {
  const configured = ["API_KEYS", "API_KEYS_FILE"].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return configured.length > 0
    ? { keys: {}, variables: Object.fromEntries(configured) }
    : freshKeys();
}

function freshKeys(): ServiceKeys {
  const made = HOLDERS.map(([id, scopes]) => ({
    id,
    scopes,
    key: `falconpay-${randomBytes(32).toString("base64url")}`,
  }));
  const hashed: readonly ApiKey[] = made.map(({ id, scopes, key }) => ({
    id,
    scopes,
    sha256: createHash("sha256").update(key).digest("hex"),
  }));
  return {
    keys: Object.fromEntries(made.map(({ id, key }) => [id, key])),
    variables: { API_KEYS: JSON.stringify(hashed) },
  };
}
