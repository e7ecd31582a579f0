import { EXECUTION_FUNCTIONS } from "../../sim/postgres/expressions/execution-functions.ts";
import { AGGREGATES } from "../../sim/postgres/functions/aggregates.ts";
import { IMPLEMENTATIONS } from "../../sim/postgres/functions/implementations.ts";
import { SET_FUNCTIONS } from "../../sim/postgres/functions/set-functions.ts";
import { WINDOW_FUNCTIONS } from "../../sim/postgres/functions/window-functions.ts";
import { allSignatures, type Signature } from "../../sim/postgres/resolution/signatures.ts";
import { SIMULATED_TYPES } from "../../sim/postgres/types/builtin-types.ts";
import { code, list, table } from "./markdown.ts";

const COMPUTED: readonly ReadonlyMap<string, unknown>[] = [
  IMPLEMENTATIONS,
  EXECUTION_FUNCTIONS,
  AGGREGATES,
  SET_FUNCTIONS,
  WINDOW_FUNCTIONS,
];

/** The types, with what may be written for each. */
export function writeSqlTypes(): string {
  const names = SIMULATED_TYPES.map(({ name }) => code(name)).toSorted();
  return list([`${names.join(", ")}; arrays of each, and enums made by CREATE TYPE.`]);
}

/** The operators by name, each with the types of its operands. */
export function writeSqlOperators(): string {
  const { operators } = allSignatures();
  const simulated = operators.filter(isComputed);
  const rows = grouped(simulated).map(([name, signatures]) => [
    code(name),
    [...new Set(signatures.map(({ arguments: operands }) => operandNames(operands)))].join("; "),
  ]);
  return table(["operator", "operands"], rows);
}

/** The functions by kind, each with its overloads. */
export function writeSqlFunctions(): string {
  const { functions } = allSignatures();
  const simulated = functions.filter(isComputed);
  const kinds = [
    ["functions", simulated.filter(({ kind, isSet }) => kind === "function" && !isSet)],
    ["sets of rows", simulated.filter(({ isSet }) => isSet)],
    ["aggregates", simulated.filter(({ kind }) => kind === "aggregate")],
    ["window functions", simulated.filter(({ kind }) => kind === "window")],
  ] as const;
  return table(
    ["kind", "names"],
    kinds.map(([kind, signatures]) => [
      kind,
      grouped(signatures)
        .map(([name]) => code(name))
        .join(", "),
    ]),
  );
}

function isComputed({ source }: Signature): boolean {
  return COMPUTED.some((map) => map.has(source));
}

function grouped<One extends Signature>(
  signatures: readonly One[],
): readonly (readonly [string, readonly One[]])[] {
  const groups = new Map<string, One[]>();
  for (const one of signatures) {
    groups.set(one.name, [...(groups.get(one.name) ?? []), one]);
  }
  return [...groups].toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function operandNames(operands: Signature["arguments"]): string {
  return operands.map(({ name }) => name).join(", ");
}

/** What is refused now and then, and what says the same in SQL that is simulated. */
const INSTEAD: readonly (readonly [refused: string, instead: string])[] = [
  [
    "`a ^ b`, `power(a, b)`, `exp`, `ln`, trigonometry",
    "compute it in the service: V8 and the C library differ in the last bit",
  ],
  ["`quote_ident(x)`, `format('%I', x)`", "write the name into the statement"],
  ["`a SIMILAR TO p`", "`a LIKE p`, or `a ~ p`"],
  [
    "`a ~ p` with look-around, back references, `(?i)`",
    "`~*` for case; otherwise a pattern of characters, classes, groups and quantifiers",
  ],
  [
    "`regexp_replace` and its kin with `|` in the pattern",
    "one call for each alternative: PostgreSQL takes the longest match, JavaScript the first",
  ],
  ["`interval '1' day`, `interval(3)`", "`interval '1 day'`, `date_trunc`"],
  [
    "dates as `1 Jan 2024` or `01/02/2024`; `'today'`, `'now'`",
    "`'2024-01-01'`; `now()`, `current_date`",
  ],
  ["`x AT TIME ZONE 'Europe/Berlin'`", "UTC in the database, the zone in the service"],
  [
    "`to_char(number, ...)`, `to_date`, `to_timestamp(text, ...)`",
    "a cast: `x::text`, `x::date`, `x::timestamptz`",
  ],
  ["`percentile_cont`, `mode`", "a sub-select with ORDER BY, OFFSET and LIMIT"],
  [
    "`(SELECT max(t.a) FROM o)` with `t` around it: an aggregate of the query around",
    "`t` grouped in a sub-select of FROM, and its column",
  ],
  ["COLLATE other than C", "nothing: text is compared by code point"],
  [
    "money, inet, xml, ranges, tsvector, geometric types",
    "numeric, text, two columns for the ends of a range",
  ],
];

/** The table of refusals and their ways out. */
export function writeSqlInstead(): string {
  return table(
    ["refused", "instead"],
    INSTEAD.map((row) => [...row]),
  );
}
