import { PostgresError } from "../ground/postgres-error.ts";
import type { SequenceOptions } from "../storage/sequence.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";

/** Reads the options of a sequence, over those that it has; CACHE above 1 is refused by name. */
export function readSequenceOptions(
  nodes: readonly SyntaxNode[],
  before: SequenceOptions,
): SequenceOptions {
  let options = before;
  let start: bigint | undefined;
  for (const node of nodes) {
    const name = node.requiredText("defname");
    switch (name) {
      case "start":
        start = readWhole(node);
        break;
      case "increment":
        options = { ...options, increment: readWhole(node) ?? 1n };
        break;
      case "minvalue":
        options = { ...options, min: readWhole(node) ?? 1n };
        break;
      case "maxvalue":
        options = { ...options, max: readWhole(node) ?? before.max };
        break;
      case "cycle":
        options = { ...options, cycle: node.requiredChild("arg").flag("boolval") };
        break;
      case "cache":
        if (readWhole(node) !== 1n) {
          node.refuse("a sequence that caches numbers");
        }
        break;
      default:
        node.refuse(`sequence option ${name}`);
    }
    node.only("defaction", "DEFELEM_UNSPEC");
    node.end();
  }
  if (options.increment === 0n) {
    throw new PostgresError("22023", "INCREMENT must not be zero");
  }
  if (options.increment < 0n) {
    nodes[0]?.refuse("a sequence that counts down");
  }
  if (options.min >= options.max) {
    const message = `MINVALUE (${options.min}) must be less than MAXVALUE (${options.max})`;
    throw new PostgresError("22023", message);
  }
  const first = start ?? (options.start < options.min ? options.min : options.start);
  if (first < options.min) {
    const message = `START value (${first}) cannot be less than MINVALUE (${options.min})`;
    throw new PostgresError("22023", message);
  }
  if (first > options.max) {
    const message = `START value (${first}) cannot be greater than MAXVALUE (${options.max})`;
    throw new PostgresError("22023", message);
  }
  return { ...options, start: first };
}

/** A whole number, which the parser keeps as text where it is beyond 32 bits. */
function readWhole(node: SyntaxNode): bigint | undefined {
  const value = node.child("arg");
  if (value === undefined) {
    return undefined;
  }
  return value.kind === "Float" ? BigInt(value.requiredText("fval")) : BigInt(value.number("ival"));
}
