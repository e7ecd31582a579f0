import { PostgresError } from "../ground/postgres-error.ts";
import type { SqlType } from "../types/sql-type.ts";

/** @throws PostgresError (42883) when values of the type cannot be told apart, as those of json */
export function demandEquality(type: SqlType, position: number | undefined): void {
  if (!type.comparable && type.name !== "unknown") {
    const message = `could not identify an equality operator for type ${type.name}`;
    throw new PostgresError("42883", message).at(position);
  }
}

/** @throws PostgresError (42883) when values of the type have no order */
export function demandOrder(type: SqlType, position: number | undefined): void {
  if (!type.comparable && type.name !== "unknown") {
    const message = `could not identify an ordering operator for type ${type.name}`;
    const hint = "Use an explicit ordering operator or modify the query.";
    throw new PostgresError("42883", message, { hint }).at(position);
  }
}
