import { expect, test } from "vitest";
import { crashAt } from "../../scenarios/testing/sample-plan.ts";
import { encodeOrders, readOrders, type ChildOrders } from "./child-orders.ts";

const ORDERS = {
  process: "payment-1",
  incarnation: 2,
  reportFile: "/run/payment-1-2.report",
  mutant: "F0",
  faults: [
    { index: 1, fault: crashAt("payment-1/kafka/produce#1", "before") },
    { index: 2, fault: { kind: "lost-reply", effect: "payment-1/kafka/produce#2" } },
  ],
} satisfies ChildOrders;

test("orders are read back as they were given", () => {
  expect(readOrders(encodeOrders(ORDERS))).toEqual(ORDERS);
});

test("a child without orders says who starts it", () => {
  expect(() => readOrders({})).toThrow(
    "FALCONPAY_CHILD is missing: this program is started by the testbed only",
  );
});

test("orders that are not as expected are refused with the place", () => {
  const [entry] = Object.entries(encodeOrders({ ...ORDERS, incarnation: 0 }));
  expect(() => readOrders(Object.fromEntries([entry ?? ["", ""]]))).toThrow(
    "FALCONPAY_CHILD: /incarnation",
  );
});
