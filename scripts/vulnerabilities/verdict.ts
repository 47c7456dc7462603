import type { Outcome } from '../suite/program.ts'

/** Errors of a registry without advisories, or one that can't be reached. */
const unanswered =
  /ERR_PNPM_AUDIT_(BAD_RESPONSE|ENDPOINT_NOT_EXISTS)|ERR_PNPM_META_FETCH_FAIL|ENOTFOUND|EAI_AGAIN|ECONN(REFUSED|RESET)|ETIMEDOUT/

/**
 * The verdict on the output of pnpm audit. A report on standard output is an answer of the registry. The titles of its advisories
 * and the warnings on standard error are not searched for network errors then.
 */
export const verdictOf = ({
  ok,
  output,
  stdout,
}: Pick<Outcome, 'ok' | 'output' | 'stdout'>): 'passed' | 'failed' | 'unanswered' => {
  if (ok) return 'passed'
  return stdout.trim() === '' && unanswered.test(output) ? 'unanswered' : 'failed'
}
