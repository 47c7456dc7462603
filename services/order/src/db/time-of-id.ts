/** Order ids begin with the time of their creation (RFC 9562, section 5.7). */

/** The time at which the id was created, ms since 1970: its first 48 bits. */
export const timeOf = (orderId: string): number => Number.parseInt(orderId.replace('-', '').slice(0, 12), 16)

/** The id before which no order of this time, ms since 1970, or later is. */
export const lowestIdAt = (timeMs: number): string => {
  const digits = timeMs.toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`
}
