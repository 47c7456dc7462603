import { type FieldError, pointerTo } from './problem.ts'

/**
 * The first own `__proto__` key of a parsed JSON value. Schemas pass over such keys for safety's sake; they are refused like
 * other fields that aren't known. One of them is enough to refuse a body: a list of all would grow with the square of its size.
 * Not recursive, as a client decides how deep a body is nested.
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
