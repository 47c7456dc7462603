import { type FieldError, pointerTo } from './problem.ts'

/**
 * Finds the first own `__proto__` key of a parsed JSON value. Schemas ignore such keys, but they are rejected like other
 * unknown fields. Only the first one is reported, because a list of all could grow with the square of the body's size.
 * Not recursive, because a client controls the nesting depth.
 */
export const prototypeKey = (value: unknown): FieldError | undefined => {
  const open: { value: unknown; path: string }[] = [{ value, path: '' }]
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue
    for (const [key, child] of Object.entries(next.value)) {
      const path = next.path + pointerTo([key])
      if (key === '__proto__') return { pointer: path, detail: 'is not a known field' }
      open.push({ value: child, path })
    }
  }
  return undefined
}
