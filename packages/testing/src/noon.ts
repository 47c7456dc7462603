/** A fixed time for tests. */
export const noon = new Date('2026-01-01T12:00:00.000Z')
