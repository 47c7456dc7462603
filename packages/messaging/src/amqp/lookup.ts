/** The sequence in which the addresses of a broker are tried. */
import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/**
 * Resolves a name to all of its addresses, beginning with another one after each failure: the system often returns the same one
 * first. A node that hangs still accepts connections, so Node itself would not try the next address.
 */
export const lookupAfter =
  (failures: number, lookup: LookupFunction = systemLookup): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null || typeof found === 'string') return callback(error, found)
      const addresses = rotated(found, failures)
      if (options.all) callback(null, addresses)
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })

const rotated = (addresses: readonly LookupAddress[], by: number): LookupAddress[] => {
  const first = by % Math.max(1, addresses.length)
  return [...addresses.slice(first), ...addresses.slice(0, first)]
}
