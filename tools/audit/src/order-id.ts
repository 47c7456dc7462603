/** Whether a subject may be the id of an order. An idempotency key or a SKU may look like one; no order then has this id. */
export const isOrderId = (subject: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(subject)
