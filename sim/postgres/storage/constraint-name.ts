const NAME_LENGTH_MAX = 63;

/**
 * The name that Postgres gives to an index or constraint that was written without one:
 * `table_columns_label`, the longer part cut until it fits into 63 characters, and a number at the
 * end when the name is taken.
 */
export function chooseName(
  table: string,
  columns: readonly string[],
  label: string,
  isTaken: (name: string) => boolean,
): string {
  for (let pass = 0; ; pass += 1) {
    const name = makeName(table, columns.join("_"), pass === 0 ? label : `${label}${pass}`);
    if (!isTaken(name)) {
      return name;
    }
  }
}

/** makeObjectName of indexcmds.c, for names of one byte a character. */
function makeName(table: string, columns: string, label: string): string {
  let first = table;
  let second = columns;
  const room = NAME_LENGTH_MAX - label.length - 1 - (second === "" ? 0 : 1);
  while (first.length + second.length > room) {
    if (first.length > second.length) {
      first = first.slice(0, -1);
    } else {
      second = second.slice(0, -1);
    }
  }
  return [first, second, label].filter((part) => part !== "").join("_");
}
