import { expect, test } from "vitest";
import { chooseName } from "./constraint-name.ts";

const free = () => false;

test("a name is the table, the columns and the label", () => {
  expect(chooseName("payments", [], "pkey", free)).toBe("payments_pkey");
  expect(chooseName("ledger_entries", ["payment_id", "direction"], "key", free)).toBe(
    "ledger_entries_payment_id_direction_key",
  );
});

test("a name that is taken gets a number", () => {
  const taken = new Set(["t_check", "t_check1"]);
  expect(chooseName("t", [], "check", (name) => taken.has(name))).toBe("t_check2");
});

test("a long name is cut to 63 characters, the longer part first", () => {
  const name = chooseName("t".repeat(50), ["c".repeat(20)], "fkey", free);
  expect(name).toBe(`${"t".repeat(37)}_${"c".repeat(20)}_fkey`);
  expect(name).toHaveLength(63);
});
