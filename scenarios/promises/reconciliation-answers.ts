import type { Books } from "../books/books.ts";
import { fieldIn, idIn } from "../books/client-book.ts";
import { againstStatus, type Told } from "./told.ts";

/** Whoever has the services compared is told what that run came to. */
export function againstReconciliation(books: Books, told: Told): string | undefined {
  const run = books.reconciliations.get(idIn(told.body) ?? "");
  const isSo = run !== undefined && run.outcome === fieldIn(told.body, "outcome");
  return againstStatus(told, 201) ?? (isSo ? undefined : "is told of a run that was not so");
}
