import { type FieldError, pointerTo } from './problem.ts'

/**
 * Own `__proto__` keys of a parsed JSON value. Schemas pass over them for safety's sake; a client that sends one is to be
 * told, like with every other field that isn't known. Not recursive, as the nesting of a body is anybody's choice.
 */
export const prototypeKeys = (value: unknown): FieldError[] => {
  const found: FieldError[] = []
  const open: { value: unknown; pointer: string }[] = [{ value, pointer: '' }]
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue
    for (const [key, child] of Object.entries(next.value)) {
      const pointer = next.pointer + pointerTo([key])
      if (key === '__proto__') found.push({ pointer, detail: 'is not a known field' })
      else open.push({ value: child, pointer })
    }
  }
  return found
}
