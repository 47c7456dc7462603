import type { z } from 'zod'
import type { Environment } from './read-config.ts'

/** Names up to this length resemble many common variables: HOME is close to HOST. */
const shortNames = 6

/**
 * One line for each variable that is set, is unknown, and differs from a known one by at most two characters (one in a
 * name of up to 6 characters). Other unknown variables belong to other programs.
 */
export const nearMisses = (schema: z.ZodObject, env: Environment): string[] => {
  const known = Object.keys(schema.shape).flatMap((name) => [name, `${name}_FILE`])
  return Object.keys(env)
    .filter((name) => /^[A-Za-z_]+$/.test(name) && env[name] !== '' && !known.includes(name))
    .flatMap((name) => {
      const meant = closest(name.toUpperCase(), known)
      return meant === null ? [] : [`${name} is not a known variable. Did you mean ${meant}?`]
    })
}

const closest = (name: string, known: readonly string[]): string | null => {
  const limitFor = (other: string) => (Math.min(name.length, other.length) <= shortNames ? 1 : 2)
  const [nearest] = [0, 1, 2].flatMap((edits) =>
    known.filter((other) => edits <= limitFor(other) && isNear(name, other, edits)),
  )
  return nearest ?? null
}

/** True if at most this many characters must be inserted, removed, replaced or swapped with a neighbour. */
const isNear = (one: string, two: string, edits: number): boolean => {
  if (one === two) return true
  if (edits === 0) return false
  if (one[0] === two[0]) return isNear(one.slice(1), two.slice(1), edits)
  return (
    isNear(one.slice(1), two, edits - 1) ||
    isNear(one, two.slice(1), edits - 1) ||
    isNear(one.slice(1), two.slice(1), edits - 1) ||
    (one[0] === two[1] && one[1] === two[0] && isNear(one.slice(2), two.slice(2), edits - 1))
  )
}
