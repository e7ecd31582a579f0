import { type Asked, fillingStatements, type Operation, SCHEMA } from "./workload.ts";

/** A database under measurement. */
export interface Contender {
  readonly name: string;
  /** Runs an operation for each number from `from` on. @throws Error when it cannot */
  run(operation: Operation, from: number, count: number): void | Promise<void>;
  close(): void | Promise<void>;
}

/** A contender whose client answers later, with the tables of the workload in it. */
export async function createAsyncContender(parts: {
  readonly name: string;
  readonly query: (asked: Asked) => Promise<unknown>;
  readonly close: () => void | Promise<void>;
  /** False where the tables of the join stay empty, as the contender cannot join them. */
  readonly joins?: boolean;
}): Promise<Contender> {
  const { name, query, close, joins = true } = parts;
  for (const sql of [...SCHEMA, ...fillingStatements({ joins })]) {
    await query({ sql, parameters: [] });
  }
  return {
    name,
    async run(operation, from, count) {
      for (let at = from; at < from + count; at += 1) {
        for (const asked of operation(at)) {
          await query(asked);
        }
      }
    },
    close,
  };
}
