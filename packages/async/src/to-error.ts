/** Returns a thrown Error unchanged. Other thrown values become the message of a new Error. */
export const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
