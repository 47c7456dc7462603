/** An event as a history has it, or as it is published. */
type GivenEvent = Readonly<Record<string, unknown>>

/** The payment method in place of the real one. */
const placeholder = '***'

/** Adds a placeholder for the payment method, which the history of an order lacks. Other events stay as they are. */
export const withPlaceholders = (event: GivenEvent): GivenEvent =>
  event['type'] === 'OrderPlaced' && isObject(event['data'])
    ? { ...event, data: { payment: { method: placeholder }, ...event['data'] } }
    : event

const isObject = (value: unknown): value is GivenEvent =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
