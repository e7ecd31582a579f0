import { BrokerError } from "./broker.ts";
import { DatabaseError } from "./database.ts";

/**
 * Whether an error may be gone when the same thing is asked again. Everything else comes again on
 * the same input, however often: a value that does not fit (class 22), a constraint (23), a
 * statement that is wrong (42), a bug of ours. Asking again then is an endless loop.
 */
export function passes(error: unknown): error is DatabaseError | BrokerError {
  return (
    error instanceof BrokerError ||
    (error instanceof DatabaseError &&
      (error.code === CONNECTION || PASSING_CLASSES.has(error.code.slice(0, 2))))
  );
}

/** Not an SQLSTATE: the server could not be heard. */
const CONNECTION = "connection";

/** The first two characters of the SQLSTATEs that say something of the moment, not of the input. */
const PASSING_CLASSES: ReadonlySet<string> = new Set([
  // A connection was lost.
  "08",
  // A transaction is not in the state it should be in: aborted, timed out, or on a standby.
  "25",
  // Rolled back: a deadlock, a serialization failure.
  "40",
  // Resources are used up: disk, memory, connections.
  "53",
  // Somebody else has it: a lock, an object in use.
  "55",
  // An operator stepped in: a cancelled statement, a shutdown.
  "57",
  // The system below: I/O.
  "58",
  // PostgreSQL's own bug.
  "XX",
]);
