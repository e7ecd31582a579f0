import { expect, test } from "vitest";
import { BIGINT, TEXT } from "../types/builtin-types.ts";
import { compareKeys, type IndexKey, OrderedIndex } from "./ordered-index.ts";
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
  let model: { key: IndexKey; row: StoredRow }[] = [];
  for (let step = 0; step < 4000; step += 1) {
    // From the first walk on, the order is kept up with every change.
    if (step === 1000) {
      index.walk([], "forward").next();
    }
    const place = (step * 7919) % 1009;
    const key = [place % 37, `k${place % 5}`];
    const entry = { key, row: rowNumbered(place) };
    const without = model.filter((other) => other.row !== entry.row);
    if (step % 3 === 2) {
      index.remove(key, entry.row);
      model = without;
    } else {
      index.insert(key, entry.row);
      model = [...without, entry];
    }
  }
  model.sort((a, b) => compareKeys([BIGINT, TEXT], a.key, b.key) || a.row.id - b.row.id);
  expect(walked(index, [], "forward")).toEqual(model);
  expect(walked(index, [], "backward")).toEqual(model.toReversed());
  expect(index.size).toBe(model.length);
  for (const prefix of [0, 5, 36, 99]) {
    const expected = model.filter((entry) => entry.key[0] === prefix);
    expect(walked(index, [prefix], "forward")).toEqual(expected);
    expect(walked(index, [prefix], "backward")).toEqual(expected.toReversed());
  }
  for (const { key } of model) {
    const same = model.filter((entry) => compareKeys([BIGINT, TEXT], entry.key, key) === 0);
    expect(idsUnder(index, key)).toEqual(same.map((entry) => entry.row.id));
  }
});

test("rows of one key come in the order of their insertion into the table", () => {
  const index = new OrderedIndex<StoredRow>([BIGINT, TEXT]);
  for (const id of [3, 1, 2]) {
    index.insert(["same"], rowNumbered(id));
  }
  expect(idsUnder(index, ["same"])).toEqual([1, 2, 3]);
  index.insert(["same"], rowNumbered(2));
  expect(index.size).toBe(3);
  index.remove(["same"], rowNumbered(1));
  index.insert(["same"], rowNumbered(4));
  index.remove(["same"], rowNumbered(4));
  index.insert(["same"], rowNumbered(5));
  expect(idsUnder(index, ["same"])).toEqual([2, 3, 5]);
});

test("null sorts after every value", () => {
  const index = new OrderedIndex<StoredRow>([TEXT]);
  for (const [at, key] of [[null], ["a"], [""]].entries()) {
    index.insert(key, rowNumbered(at));
  }
  expect([...index.walk([], "forward")].map((entry) => entry.key)).toEqual([[""], ["a"], [null]]);
});

test("a walk goes on rightly after its entry was removed and others were added", () => {
  const index = new OrderedIndex<StoredRow>([BIGINT, TEXT]);
  const insert = (key: bigint) => index.insert([key], rowNumbered(Number(key)));
  for (const key of [1n, 2n, 3n]) {
    insert(key);
  }
  const seen: unknown[] = [];
  for (const { key } of index.walk([], "forward")) {
    seen.push(key[0]);
    if (key[0] !== 2n) {
      continue;
    }
    index.remove([2n], rowNumbered(2));
    insert(0n);
    insert(4n);
  }
  expect(seen).toEqual([1n, 2n, 3n, 4n]);
});

const rows = new Map<number, StoredRow>();
function rowNumbered(id: number): StoredRow {
  const row = rows.get(id) ?? new StoredRow(table, id);
  rows.set(id, row);
  return row;
}

function walked(index: OrderedIndex<StoredRow>, prefix: IndexKey, way: "forward" | "backward") {
  return [...index.walk(prefix, way)].map(({ key, row }) => ({ key, row }));
}

function idsUnder(index: OrderedIndex<StoredRow>, key: IndexKey): number[] {
  const ids: number[] = [];
  for (let entry = index.lookUp(key); entry !== null; entry = entry.next) {
    ids.push(entry.row.id);
  }
  return ids;
}
