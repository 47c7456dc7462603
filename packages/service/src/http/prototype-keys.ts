import { type FieldError, pointerTo } from './problem.ts'

/**
 * Finds the first own `__proto__` key of a parsed JSON value. Schemas ignore such keys, but they are rejected like other
 * unknown fields. Only the first one is reported, because a list of all could grow with the square of the body's size.
 * Not recursive, because a client controls the nesting depth.
 */
export const prototypeKey = (value: unknown): FieldError | undefined => {
  const open: Place[] = [{ value, key: '', parent: undefined }]
  for (let place = open.pop(); place; place = open.pop()) {
    if (typeof place.value !== 'object' || place.value === null) continue
    for (const [key, child] of Object.entries(place.value)) {
      if (key === '__proto__') return { pointer: pointerOf(place, key), detail: 'is not a known field' }
      if (typeof child === 'object') open.push({ value: child, key, parent: place })
    }
  }
  return undefined
}

/** A value within the parsed one, under the key of its parent. */
interface Place {
  readonly value: unknown
  readonly key: string
  /** Undefined for the parsed value. */
  readonly parent: Place | undefined
}

const pointerOf = (place: Place, lastKey: string): string => {
  const keys = [lastKey] // from the inside out: `unshift` would take quadratic time
  for (let { key, parent } = place; parent; { key, parent } = parent) keys.push(key)
  return pointerTo(keys.toReversed())
}
