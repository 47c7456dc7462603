/** What was thrown, as an Error: as it is where it is one, otherwise its text in a new one. */
export const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
