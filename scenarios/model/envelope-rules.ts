/** What the envelope of an event has to say, beside what the event is about. */
interface Envelope {
  readonly id: string;
  readonly topic: string;
  readonly paymentId: string;
}

/**
 * What is wrong with the envelope of an event (CloudEvents 1.0 in JSON), or undefined. Its
 * consumers here do not read all of it; others may.
 */
export function complaintAboutEnvelope(
  payload: string,
  { id, topic, paymentId }: Envelope,
): string | undefined {
  const said: unknown = JSON.parse(payload);
  const fields = new Map(typeof said === "object" && said !== null ? Object.entries(said) : []);
  const publisher = topic === "payment.created" ? "payment" : "wallet";
  const right = {
    specversion: "1.0",
    id,
    type: topic,
    source: `/falconpay/${publisher}`,
    subject: paymentId,
    dataschema: `urn:falconpay:event:${topic}:1.0`,
    datacontenttype: "application/json",
  };
  const wrong = Object.entries(right).find(([name, value]) => fields.get(name) !== value);
  return wrong === undefined
    ? undefined
    : `${wrong[0]} is ${JSON.stringify(fields.get(wrong[0]))}, not ${JSON.stringify(wrong[1])}`;
}
