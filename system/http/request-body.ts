import Type, { type TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";

/** Identifiers that clients choose: what is safe in a path, a key and a column. */
export const identifier = Type.String({ pattern: "^[A-Za-z0-9._:-]{1,64}$" });

const compiledIdentifier = Compile(identifier);

/** Whether a text can be an identifier at all. */
export function isIdentifier(text: string): boolean {
  return compiledIdentifier.Check(text);
}

export type RequestBody<T> =
  | { readonly kind: "body"; readonly value: T }
  | { readonly kind: "refused"; readonly message: string };

/** Reads a JSON body by its schema; a refusal names the field and what was expected there. */
export function requestBody<Type extends TSchema, T>(
  schema: Validator<Record<never, never>, Type, T, unknown>,
  body: unknown,
): RequestBody<T> {
  if (schema.Check(body)) {
    return { kind: "body", value: body };
  }
  const [error] = schema.Errors(body);
  const place = error?.instancePath || "the body";
  // A field that the schema does not name is met by the schema `false`.
  const isUnknown = error?.keyword === "boolean";
  const what = isUnknown ? "is not known" : (error?.message ?? "is not as expected");
  return { kind: "refused", message: `${place} ${what}` };
}
