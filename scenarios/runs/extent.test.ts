import { expect, test } from "vitest";
import { createBooks } from "../books/books.ts";
import { published } from "../promises/published.ts";
import type { Breach, Ending } from "../promises/system-promise.ts";
import { extentOf } from "./extent.ts";

const ending: Ending = {
  books: createBooks(),
  watched: createBooks(),
  records: [],
  unread: [],
  answers: [],
  processes: [],
  exits: [],
  notUp: [],
  audit: null,
  reports: [],
  topology: [],
  places: [],
  healedAtMs: 0,
  healBoundMs: 1,
  settleBoundMs: 1,
};
const promise = {
  ...published,
  outOf: () => [
    { noun: "payments", count: 13 },
    { noun: "currencies", count: 1 },
  ],
};
const breach = (subject: string, more: Partial<Breach> = {}) => ({ subject, found: "", ...more });

test("what is broken is counted in its own noun, a subject once, and one is singular", () => {
  const breaches = [
    breach("payment p1"),
    breach("payment p1"),
    breach("OMR", { noun: "currencies" }),
    breach("the topics", { noun: "unread records", amount: 12 }),
  ];
  expect(extentOf(promise, ending, breaches)).toBe(
    "1 of 13 payments, 1 of 1 currency, 12 unread records",
  );
  const one = [breach("the topics", { noun: "unread records", amount: 1 })];
  expect(extentOf(promise, ending, one)).toBe("1 unread record");
  expect(extentOf(promise, ending, [])).toBe("0 of 13 payments");
});
