/** The clock in ms since 1970, with fractions. All processes of this machine have the same one, also Postgres. */
export const nowMs = (): number => performance.timeOrigin + performance.now()
