/** The result of a run of the audit in one sentence, and in a few words for each invariant. */
import type { InvariantResult } from '../../../audit-state.ts'

type Result = Pick<InvariantResult, 'invariant' | 'ok' | 'nothingToCheck' | 'notChecked'>

export type Verdict = 'broken' | 'partly checked' | 'nothing to check' | 'holds'

export const verdictOn = ({ ok, nothingToCheck, notChecked }: Omit<Result, 'invariant'>): Verdict => {
  if (!ok) return 'broken'
  if (notChecked !== null) return 'partly checked'
  return nothingToCheck ? 'nothing to check' : 'holds'
}

/** Whether at least one holds, and the others hold too or had nothing to check. */
export const isProven = (results: readonly Result[]): boolean => {
  const verdicts = results.map(verdictOn)
  return (
    verdicts.includes('holds') && verdicts.every((verdict) => verdict === 'holds' || verdict === 'nothing to check')
  )
}

/** An invariant that had nothing to check is not said to hold. */
export const headlineOf = (results: readonly Result[]): string => {
  const withVerdict = (verdict: Verdict) => results.filter((result) => verdictOn(result) === verdict)
  const broken = withVerdict('broken').length
  if (broken > 0) return `${broken} of ${results.length} invariants broken.`
  const unsure = withVerdict('partly checked').map(({ invariant }) => invariant)
  const empty = withVerdict('nothing to check').length
  const holding = empty === 0 ? `All ${results.length}` : `${results.length - empty} of ${results.length}`
  return [
    `${holding} invariants hold`,
    unsure.length > 0 ? `, except for parts of ${unsure.join(', ')} that were not checked` : '',
    empty > 0 ? `; ${empty} had nothing to check` : '',
    '.',
  ].join('')
}
