import { ARRAY_FUNCTIONS } from "./array.ts";
import { BYTES_FUNCTIONS } from "./bytes.ts";
import { COMPARISONS } from "./comparison.ts";
import { DATE_TIME_FUNCTIONS } from "./date-time.ts";
import { ENUM_FUNCTIONS } from "./enum.ts";
import { FLOAT_FUNCTIONS } from "./floating.ts";
import type { Implementation } from "./implementation.ts";
import { INTEGER_FUNCTIONS } from "./integer.ts";
import { INTERVAL_FUNCTIONS } from "./interval.ts";
import { JSON_FUNCTIONS } from "./json.ts";
import { NUMERIC_FUNCTIONS } from "./numeric.ts";
import { PATTERN_FUNCTIONS } from "./pattern.ts";
import { TEXT_FUNCTIONS } from "./text.ts";

/** What computes the functions behind operators, casts and calls, by PostgreSQL's name for it. */
export const IMPLEMENTATIONS: ReadonlyMap<string, Implementation> = new Map(
  [
    COMPARISONS,
    INTEGER_FUNCTIONS,
    NUMERIC_FUNCTIONS,
    FLOAT_FUNCTIONS,
    TEXT_FUNCTIONS,
    PATTERN_FUNCTIONS,
    BYTES_FUNCTIONS,
    DATE_TIME_FUNCTIONS,
    INTERVAL_FUNCTIONS,
    JSON_FUNCTIONS,
    ARRAY_FUNCTIONS,
    ENUM_FUNCTIONS,
  ].flatMap((family) => Object.entries(family)),
);
