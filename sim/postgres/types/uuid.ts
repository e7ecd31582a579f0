import { PostgresError } from "../ground/postgres-error.ts";

/** uuid_in: with hyphens after any group of four digits, and in braces or not. */
export function parseUuid(text: string): string {
  const inner = /^\{(.*)\}$/s.exec(text)?.[1] ?? text;
  if (!/^(?:[0-9A-Fa-f]{4}-?){7}[0-9A-Fa-f]{4}$/.test(inner)) {
    throw new PostgresError("22P02", `invalid input syntax for type uuid: "${text}"`);
  }
  const digits = inner.replaceAll("-", "").toLowerCase();
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join("-");
}
