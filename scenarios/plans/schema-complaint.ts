import { Settings } from "typebox/system";

/** Enough for every part of a union of ours: the error that says most may be a late one. */
const ERRORS_MAX = 200;

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/**
 * The first thing wrong with a value, with its place: `/faults/0/lastsMs must be <= 3600000`. In a
 * union, what is wrong by the part whose `kind` (or `on`) the value has.
 */
export function schemaComplaint(
  schema: { Errors(value: unknown): readonly SchemaError[] },
  value: unknown,
): string {
  const errors = allErrors(schema, value);
  const others = errors.filter(isOfTag);
  const own = errors.filter(
    (error) => error.keyword !== "anyOf" && !others.some((other) => isInPartOf(error, other)),
  );
  const [error] = own;
  if (error !== undefined) {
    const words = error.keyword === "boolean" ? "is not known here" : error.message;
    return `${error.instancePath} ${words}`;
  }
  const [tag] = others;
  const known = others
    .filter(({ instancePath }) => instancePath === tag?.instancePath)
    .map(({ params }) => JSON.stringify(Reflect.get(params, "allowedValue")));
  return `${tag?.instancePath ?? ""} is none of: ${known.join(", ")}`;
}

function allErrors(
  schema: { Errors(value: unknown): readonly SchemaError[] },
  value: unknown,
): readonly SchemaError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: ERRORS_MAX });
  try {
    return schema.Errors(value);
  } finally {
    Settings.Set({ maxErrors });
  }
}

const TAG = /\/anyOf\/[0-9]+\/properties\/(?:kind|on)$/;

/** The value is not of that part of a union. */
function isOfTag({ keyword, schemaPath }: SchemaError): boolean {
  return keyword === "const" && TAG.test(schemaPath);
}

function isInPartOf(error: SchemaError, tag: SchemaError): boolean {
  const part = tag.schemaPath.replace(/\/properties\/[a-z]+$/, "");
  const place = tag.instancePath.replace(/\/[a-z]+$/, "");
  return isBelow(error.schemaPath, part) && isBelow(error.instancePath, place);
}

function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`);
}
