/** Reads the result of a check from its output. */
import type { Counts } from '../../packages/command-line/src/index.ts'

/** The counts in the last line "N passed, N failed", as in .ci/run. Without such a line the check counts as one. */
export const verdictIn = (output: string, ok: boolean): Counts => {
  const lines = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)]
  const [, passed, failed] = lines.at(-1)?.map(Number) ?? []
  if (passed === undefined || failed === undefined) return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  return { passed, failed: !ok && failed === 0 ? 1 : failed }
}

/** A step that ran nothing, because this machine lacks a requirement, has not passed. */
export const hasPassed = ({ passed, failed }: Counts): boolean => passed > 0 && failed === 0

/** A tick, a cross, or a dash if nothing ran. */
export const markOf = (counts: Counts): string => {
  if (counts.failed > 0) return '✗'
  return hasPassed(counts) ? '✓' : '–'
}
