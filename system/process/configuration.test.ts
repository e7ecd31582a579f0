import { describe, expect, it } from "vitest";
import { encodeEvent, eventKey } from "../domain/events.ts";
import { sampleHead } from "../testing/samples.ts";
import { InvalidConfiguration, readConfiguration } from "./configuration.ts";
import { DEFAULT_KNOBS, KNOB_BOUNDS } from "./knobs.ts";
import { ROLES } from "./services.ts";

const COMPLETE = {
  ROLES: "payment-api,payment-relay",
  PAYMENT_DATABASE_URL: "postgres://db/payment",
  KAFKA_BROKERS: "one:9092,two:9092",
};

const KEY = { id: "anwar", scopes: ["payments:read"], sha256: "ab".repeat(32) };

function readFile(path: string): string {
  if (path !== "/keys") {
    throw new Error("no such file");
  }
  return JSON.stringify([KEY]);
}

function faultsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfiguration(environment, readFile);
  } catch (error) {
    if (error instanceof InvalidConfiguration) {
      return error.faults;
    }
    throw error;
  }
  return [];
}

describe("readConfiguration", () => {
  it("reads what is given, and takes the default for what is not", () => {
    expect(readConfiguration(COMPLETE, readFile)).toEqual({
      processName: "payment",
      roles: ["payment-api", "payment-relay"],
      databaseUrls: new Map([["payment", "postgres://db/payment"]]),
      sourceUrls: new Map(),
      apiKeys: [],
      kafkaBrokers: ["one:9092", "two:9092"],
      http: { host: "127.0.0.1", port: 8080 },
      knobs: DEFAULT_KNOBS,
    });
  });

  it("asks for the database of each service whose roles it runs, and of no other", () => {
    const both = { ...COMPLETE, ROLES: "payment-api,wallet-api" };
    expect(faultsOf(both)).toEqual(["WALLET_DATABASE_URL: missing"]);
    expect(faultsOf(COMPLETE)).toEqual([]);
  });

  it("asks for a reading role at each service's database where they are compared", () => {
    const audit = {
      ROLES: "reconciliation",
      RECONCILIATION_DATABASE_URL: "postgres://db/reconciliation",
      KAFKA_BROKERS: "one:9092",
    };
    expect(faultsOf(audit)).toEqual(["PAYMENT_READER_URL: missing", "WALLET_READER_URL: missing"]);
  });

  it("tells every fault at once, a line each with its variable and what was expected", () => {
    const faults = faultsOf({
      ROLES: "payment-api,payment-banana",
      KAFKA_BROKERS: "",
      HTTP_PORT: "65536",
      RELAY_BATCH_MAX: "0",
      RELAY_POLL_MS: "1.5",
      SESSION_TIMEOUT_MS: "-1",
    });
    expect(faults.toSorted()).toEqual([
      'HTTP_PORT: "65536" is not a whole number from 0 to 65535',
      "KAFKA_BROKERS: missing",
      "PAYMENT_DATABASE_URL: missing",
      'RELAY_BATCH_MAX: "0" is not a whole number from 1 to 1000',
      'RELAY_POLL_MS: "1.5" is not a whole number from 1 to 60000',
      `ROLES: payment-banana is not one of: ${ROLES.join(", ")}`,
      'SESSION_TIMEOUT_MS: "-1" is not a whole number from 6000 to 1800000',
    ]);
  });

  it("tells ten faults of ten variables, and none of a password", () => {
    const bad = {
      ROLES: "payment-api,reconciliation",
      PAYMENT_DATABASE_URL: "mysql://salim:secret@db/payment",
      RECONCILIATION_DATABASE_URL: "postgres://salim:secret@[db/reconciliation",
      PAYMENT_READER_URL: "salim:secret@db",
      WALLET_READER_URL: "",
      KAFKA_BROKERS: "one:9092,two,:9092",
      HTTP_PORT: "eighty",
      RELAY_POLL_MS: "0",
      CONSUME_ATTEMPTS_MAX: "1001",
      CONSUME_RETRY_DELAY_MS: "-5",
      SESSION_TIMEOUT_MS: "6 s",
    };
    const faults = faultsOf(bad);
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "PAYMENT_DATABASE_URL",
      "RECONCILIATION_DATABASE_URL",
      "PAYMENT_READER_URL",
      "WALLET_READER_URL",
      "KAFKA_BROKERS",
      "KAFKA_BROKERS",
      "HTTP_PORT",
      "RELAY_POLL_MS",
      "CONSUME_ATTEMPTS_MAX",
      "CONSUME_RETRY_DELAY_MS",
      "SESSION_TIMEOUT_MS",
    ]);
    expect(faults.join("\n")).not.toContain("secret");
  });

  it.each([
    ["5999", false],
    ["6000", true],
    ["1800000", true],
    ["1800001", false],
  ])("takes the session time-outs that Kafka takes by default: %s, %s", (text, isTaken) => {
    const expected =
      'SESSION_TIMEOUT_MS: "' + text + '" is not a whole number from 6000 to 1800000';
    const faults = faultsOf({ ...COMPLETE, SESSION_TIMEOUT_MS: text });
    expect(faults).toEqual(isTaken ? [] : [expected]);
  });

  it.each([
    [",", "ROLES: a process without a role would do nothing"],
    ["payment-api,payment-api", "ROLES: a role is named twice"],
  ])("takes no roles that make no process: %j", (roles, fault) => {
    expect(faultsOf({ ...COMPLETE, ROLES: roles })).toEqual([fault]);
  });

  it("takes no retries in which the broker would give the partition away", () => {
    const slow = { CONSUME_ATTEMPTS_MAX: "13", CONSUME_RETRY_DELAY_MS: "500" };
    expect(faultsOf({ ...COMPLETE, ...slow })).toEqual([
      "CONSUME_ATTEMPTS_MAX, CONSUME_RETRY_DELAY_MS, SESSION_TIMEOUT_MS: a message may be tried again for 6000 ms, and a session lasts 6000 ms",
    ]);
    expect(faultsOf({ ...COMPLETE, ...slow, SESSION_TIMEOUT_MS: "6001" })).toEqual([]);
  });

  it("takes no batch of the relay that Kafka would refuse as too large by default", () => {
    const money = { amountMinor: 9_223_372_036_854_775_807n, currency: "OMR" } as const;
    const uuid = "00000000-0000-4000-8000-000000000000";
    const [senderWalletId, receiverWalletId] = ["s".repeat(64), "r".repeat(64)];
    const order = { orderedBy: "o".repeat(64), orderedAs: "operator" } as const;
    const payment = { id: uuid, senderWalletId, receiverWalletId, money, ...order };
    const event = { ...sampleHead(uuid), type: "payment.created", payment } as const;
    // What a record has beside its key and value, generously.
    const eventBytes = encodeEvent(event).length + eventKey(event).length + 50;
    expect(eventBytes * KNOB_BOUNDS.relayBatchMax.max).toBeLessThan(1_048_588);
  });

  it.each([{ API_KEYS: JSON.stringify([KEY]) }, { API_KEYS_FILE: "/keys" }])(
    "reads the keys of those who may ask: %j",
    (given) => {
      expect(readConfiguration({ ...COMPLETE, ...given }, readFile).apiKeys).toEqual([KEY]);
    },
  );

  it.each([
    [{ API_KEYS_FILE: "/none" }, /^API_KEYS_FILE: "\/none" cannot be read$/],
    [{ API_KEYS_FILE: "/keys", API_KEYS: "[]" }, /^API_KEYS, API_KEYS_FILE: only one/],
    [{ API_KEYS: "a secret" }, /^API_KEYS: the list is not as expected JSON/],
    [{ API_KEYS: JSON.stringify([{ ...KEY, sha256: "a secret" }]) }, /^API_KEYS: \/0\/sha256 is/],
    [{ API_KEYS: JSON.stringify([{ ...KEY, scopes: ["all"] }]) }, /^API_KEYS: \/0\/scopes/],
    [{ API_KEYS: JSON.stringify([KEY, { ...KEY, id: "badria" }]) }, /^API_KEYS: a key is there/],
  ])("takes no keys that say nothing, and repeats none of it: %j", (given, fault) => {
    const faults = faultsOf({ ...COMPLETE, ...given });
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults.join("")).not.toContain("secret");
  });

  it("tells an empty environment what it lacks", () => {
    expect(faultsOf({})).toEqual(["ROLES: missing", "KAFKA_BROKERS: missing"]);
  });

  it.each(["", " 1", "0x10", "1e3", "٥", "Infinity"])(
    "takes %j for no whole number of attempts",
    (text) => {
      expect(faultsOf({ ...COMPLETE, CONSUME_ATTEMPTS_MAX: text })).toEqual([
        `CONSUME_ATTEMPTS_MAX: ${JSON.stringify(text)} is not a whole number from 1 to 1000`,
      ]);
    },
  );
});
