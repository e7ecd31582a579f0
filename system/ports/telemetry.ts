/** What a service says about itself while it runs. */
export interface Telemetry {
  /** Something worth a line: `name` in the form `relay.published`, `detail` as plain values. */
  event(name: string, detail: Readonly<Record<string, string | number>>): void;
}
