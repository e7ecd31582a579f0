import { textColumn } from "../../../system/database/row.ts";
import { unkept, type BookTable } from "../book-table.ts";

export const deadLetters: BookTable = {
  ...unkept("dead_letters", ["payment", "wallet"]),
  tell: ({ after }) => `a message is set aside: ${textColumn(after, "reason")}`,
};
