import { acceptPayments } from "../../system/payment/accept.ts";
import type { BrokerRecord, Producer } from "../../system/ports/broker.ts";
import type { Connection, Database, Statement } from "../../system/ports/database.ts";
import type { Mutant } from "./mutant.ts";

/** P3: what is committed after it is sent may never be committed. */
export const publishFirst: Mutant = {
  id: "P3",
  defect:
    "The payment service publishes payment.created before it commits the payment: what then is rolled back was told all the same.",
  breaks: "published",
  parts({ broker }) {
    let producer: Promise<Producer> | undefined;
    const send = async (records: readonly BrokerRecord[]) => {
      producer ??= broker.connectProducer();
      await (await producer).send(records);
    };
    return {
      accept: (ports, requests) =>
        acceptPayments({ ...ports, database: sendingFirst(ports.database, send) }, requests),
    };
  },
};

type Send = (records: readonly BrokerRecord[]) => Promise<void>;

/** A database whose transactions send what they append to the outbox before they commit. */
function sendingFirst(database: Database, send: Send): Database {
  return {
    ...database,
    async connect(purpose) {
      return connectionSendingFirst(await database.connect(purpose), send);
    },
  };
}

function connectionSendingFirst(connection: Connection, send: Send): Connection {
  let appended: readonly BrokerRecord[] = [];
  return {
    ...connection,
    async query(statement) {
      if (statement.label === "record-payments") {
        appended = recordsOf(statement);
      }
      if (statement.sql === "COMMIT" && appended.length > 0) {
        await send(appended);
      }
      return connection.query(statement);
    },
  };
}

function recordsOf({ parameters = [] }: Statement): readonly BrokerRecord[] {
  // The last that it is given: what it appends to the outbox.
  const [topics = [], keys = [], payloads = []] = parameters.slice(-3).map(textsIn);
  return topics.map((topic, index) => {
    return { topic, key: keys[index] ?? "", value: payloads[index] ?? "" };
  });
}

function textsIn(parameter: unknown): readonly string[] {
  return Array.isArray(parameter) ? parameter.map(String) : [];
}
