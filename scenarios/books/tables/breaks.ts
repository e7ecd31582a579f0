import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";

export const breaks: BookTable = {
  name: "breaks",
  services: ["reconciliation"],
  sql: `SELECT id, class, subject, detail, state FROM breaks ORDER BY found_at_ms, id`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    const [name, subject] = [textColumn(row, "class"), textColumn(row, "subject")];
    const detail = textColumn(row, "detail");
    const isOpen = textColumn(row, "state") === "open";
    books.breaks.set(id, { id, class: name, subject, detail, isOpen });
    touched.breaks.add(id);
  },
  tell({ before, after }) {
    const found = `${textColumn(after, "class")} of ${textColumn(after, "subject")}`;
    const isOpen = textColumn(after, "state") === "open";
    return isOpen ? (before === null ? `notes ${found}` : undefined) : `${found} is resolved`;
  },
};
