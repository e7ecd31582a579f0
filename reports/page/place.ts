/** Where on a page the sections of a scenario stand: what they are called by there. */
export interface Place {
  /** The id of an element, of which there is one on the page. */
  id(name: string): string;
  /** The ids of what names an element, for its attribute `aria-labelledby`. */
  label(name: string): string;
}

/** On a page of its own. */
export const alone: Place = { id: (name) => name, label: (name) => name };

/** Among those of other scenarios: each is called by the name of its own, too. */
export function below(scenario: string): Place {
  const id = (name: string) => `${scenario}-${name}`;
  return { id, label: (name) => `${id("name")} ${id(name)}` };
}
