/** What a check says in its last line, and what it counts as without one. */
import type { Counts } from '../suite/tests.ts'

/** As .ci/run counts: the last line "N passed, N failed"; without one a check counts as one. */
export const verdictIn = (output: string, ok: boolean): Counts => {
  const lines = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)]
  const [, passed, failed] = lines.at(-1)?.map(Number) ?? []
  if (passed === undefined || failed === undefined) return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  return { passed, failed: !ok && failed === 0 ? 1 : failed }
}

/** A piece that ran nothing, as it lacks something on this machine, has shown nothing: it hasn't passed. */
export const hasPassed = ({ passed, failed }: Counts): boolean => passed > 0 && failed === 0

/** A tick, a cross, or a dash where nothing was run. */
export const markOf = (counts: Counts): string => {
  if (counts.failed > 0) return '✗'
  return hasPassed(counts) ? '✓' : '–'
}
