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
  const near = known
    .map((other) => ({ other, edits: editsBetween(name, other) }))
    .filter(({ other, edits }) => edits <= (Math.min(name.length, other.length) <= shortNames ? 1 : 2))
    .sort((one, two) => one.edits - two.edits)
  return near[0]?.other ?? null
}

/** The number of characters to insert, remove, replace or swap with a neighbour (optimal string alignment distance). */
const editsBetween = (one: string, two: string): number => {
  let [beforeLast, last]: number[][] = [[], Array.from({ length: two.length + 1 }, (_, index) => index)]
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= two.length; column += 1) {
      const replaced = at(last, column - 1) + (one[row - 1] === two[column - 1] ? 0 : 1)
      const swapped = one[row - 1] === two[column - 2] && one[row - 2] === two[column - 1]
      current[column] = Math.min(
        replaced,
        at(last, column) + 1,
        at(current, column - 1) + 1,
        ...(swapped ? [at(beforeLast, column - 2) + 1] : []),
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, two.length)
}

const at = (row: readonly number[] | undefined, column: number): number => row?.[column] ?? Number.POSITIVE_INFINITY
