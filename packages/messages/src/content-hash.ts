import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** SHA-256 of the canonical JSON (RFC 8785): equal for equal content, whatever the order of its fields. */
export const contentHash = (value: unknown): string => hash('sha256', canonicalJson(value), 'base64')

/**
 * The canonical JSON of a value that consists of JSON's types. `JSON.stringify` writes strings and numbers as RFC 8785 demands,
 * so sorted keys are enough. This takes half the time of `canonicalize`.
 */
const canonicalJson = (value: unknown): string => {
  try {
    return JSON.stringify(sortKeys(value)) ?? ''
  } catch (error) {
    if (error !== unsortable) throw error
    return canonicalize(value) ?? ''
  }
}

/** Thrown for a key whose place in an object can't be chosen, and for an object with a JSON form of its own, such as a Date. */
const unsortable = new Error('The keys of this object can not be sorted.')

const sortKeys = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sortKeys)
  if ('toJSON' in value) throw unsortable
  const sorted: Record<string, unknown> = {}
  for (const key of sortFew(Object.keys(value))) {
    if (!keepsPlace(key)) throw unsortable
    sorted[key] = sortKeys(Reflect.get(value, key))
  }
  return sorted
}

/**
 * With an insertion sort if they are few: `sort` takes several times as long for them, and allocates a kilobyte. A sender
 * may choose thousands of keys, for which an insertion sort would take seconds.
 */
const sortFew = (keys: string[]): string[] => {
  if (keys.length > 16) return keys.sort()
  for (let end = 1; end < keys.length; end += 1)
    for (let at = end; at > 0; at -= 1) {
      const [before = '', key = ''] = [keys[at - 1], keys[at]]
      if (before <= key) break
      keys[at - 1] = key
      keys[at] = before
    }
  return keys
}

/** Objects list keys that are array indexes first, in numeric order, and an assignment to `__proto__` adds no key. */
const keepsPlace = (key: string): boolean => !isDigit(key.charCodeAt(0)) && key !== '__proto__'

const isDigit = (charCode: number): boolean => charCode >= 48 && charCode <= 57
