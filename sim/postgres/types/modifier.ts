import { PostgresError } from "../ground/postgres-error.ts";
import type { Datum, Value } from "./datum.ts";

/** What may stand in brackets behind a type's name: varchar(8), numeric(10, 2), timestamp(3). */
export interface TypeModifier {
  /** The typmod of what was written. @throws PostgresError 22023 for what the type does not take */
  readonly read: (written: readonly number[]) => number;
  /** The value as the typmod allows it; a cast cuts off what else would be an error. */
  readonly fit: (value: Value, typmod: number, isCast: boolean) => Datum;
}

const LENGTH_MAX = 10_485_760;

/** Of varchar(n) and char(n), whose typmod is the length and four more. */
export function lengthModifier(name: "varchar" | "char", fit: TypeModifier["fit"]): TypeModifier {
  return {
    read([length, second]) {
      if (length === undefined || second !== undefined) {
        throw new PostgresError("22023", "invalid type modifier");
      }
      if (length < 1) {
        throw new PostgresError("22023", `length for type ${name} must be at least 1`);
      }
      if (length > LENGTH_MAX) {
        throw new PostgresError("22023", `length for type ${name} cannot exceed ${LENGTH_MAX}`);
      }
      return length + 4;
    },
    fit,
  };
}

/** Of the types of time, whose typmod is the number of digits behind the second. */
export function precisionModifier(name: string, fit: TypeModifier["fit"]): TypeModifier {
  return {
    read([precision, second]) {
      if (precision === undefined || second !== undefined) {
        throw new PostgresError("22023", "invalid type modifier");
      }
      if (precision < 0) {
        throw new PostgresError("22023", `${name}(${precision}) precision must not be negative`);
      }
      return Math.min(precision, 6);
    },
    fit,
  };
}

/** numerictypmodin. */
export function readNumericModifier(written: readonly number[]): number {
  const [precision = 0, scale = 0, third] = written;
  if (third !== undefined || written.length === 0) {
    throw new PostgresError("22023", "invalid NUMERIC type modifier");
  }
  if (precision < 1 || precision > 1000) {
    throw new PostgresError("22023", `NUMERIC precision ${precision} must be between 1 and 1000`);
  }
  if (scale < -1000 || scale > 1000) {
    throw new PostgresError("22023", `NUMERIC scale ${scale} must be between -1000 and 1000`);
  }
  return ((precision << 16) | (scale & 0x7ff)) + 4;
}
