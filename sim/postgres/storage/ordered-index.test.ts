import { expect, test } from "vitest";
import { BIGINT, TEXT } from "../types/builtin-types.ts";
import { compareKeys, type IndexEntry, OrderedIndex } from "./ordered-index.ts";
import { StoredRow, Table } from "./table.ts";
import { Transaction } from "./transaction.ts";

const owner = {
  processId: 1,
  held: [],
  waiting: null,
  waitError: null,
  deadlockTimeoutMs: 1000,
  lockTimeoutMs: 0,
};
const table = new Table("t", [], new Transaction(1, owner));

test("whatever is inserted and removed, the index holds what a sorted list would", () => {
  const index = new OrderedIndex<StoredRow>([BIGINT, TEXT]);
  let model: IndexEntry<StoredRow>[] = [];
  for (let step = 0; step < 4000; step += 1) {
    // From the first walk on, the order is kept up with every change.
    if (step === 1000) {
      index.walk([], "forward").next();
    }
    const place = (step * 7919) % 1009;
    const entry = { key: [place % 37, `k${place}`], row: rowNumbered(place) };
    const without = model.filter((other) => other.row !== entry.row);
    if (step % 3 === 2) {
      index.remove(entry);
      model = without;
    } else {
      index.insert(entry);
      model = [...without, entry];
    }
  }
  model.sort((a, b) => compareKeys([BIGINT, TEXT], a.key, b.key) || a.row.id - b.row.id);
  expect([...index.walk([], "forward")]).toEqual(model);
  expect([...index.walk([], "backward")]).toEqual(model.toReversed());
  expect(index.size).toBe(model.length);
  for (const prefix of [0, 5, 36, 99]) {
    const expected = model.filter((entry) => entry.key[0] === prefix);
    expect([...index.walk([prefix], "forward")]).toEqual(expected);
    expect([...index.walk([prefix], "backward")]).toEqual(expected.toReversed());
  }
  for (const { key, row } of model.slice(0, 50)) {
    expect(index.lookUp(key)[0]?.row).toBe(row);
  }
});

test("rows of one key come in the order of their insertion into the table", () => {
  const index = new OrderedIndex<StoredRow>([BIGINT, TEXT]);
  for (const id of [3, 1, 2]) {
    index.insert({ key: ["same"], row: rowNumbered(id) });
  }
  expect(index.lookUp(["same"]).map((entry) => entry.row.id)).toEqual([1, 2, 3]);
});

test("null sorts after every value", () => {
  const index = new OrderedIndex<StoredRow>([TEXT]);
  for (const [at, key] of [[null], ["a"], [""]].entries()) {
    index.insert({ key, row: rowNumbered(at) });
  }
  expect([...index.walk([], "forward")].map((entry) => entry.key)).toEqual([[""], ["a"], [null]]);
});

test("a walk goes on rightly after its entry was removed and others were added", () => {
  const index = new OrderedIndex<StoredRow>([BIGINT, TEXT]);
  const entryOf = (key: bigint) => ({ key: [key], row: rowNumbered(Number(key)) });
  for (const key of [1n, 2n, 3n]) {
    index.insert(entryOf(key));
  }
  const seen: unknown[] = [];
  for (const { key } of index.walk([], "forward")) {
    seen.push(key[0]);
    if (key[0] !== 2n) {
      continue;
    }
    index.remove(entryOf(2n));
    index.insert(entryOf(0n));
    index.insert(entryOf(4n));
  }
  expect(seen).toEqual([1n, 2n, 3n, 4n]);
});

const rows = new Map<number, StoredRow>();
function rowNumbered(id: number): StoredRow {
  const row = rows.get(id) ?? new StoredRow(table, id);
  rows.set(id, row);
  return row;
}
