import { expect, it } from 'vitest'
import { verdictOf } from '../vulnerabilities/verdict.ts'

const refused = 'Error: ERR_PNPM_AUDIT_BAD_RESPONSE\n\n  × Failed to request the audit endpoint'
const report = '│ high │ A host that does not exist (ENOTFOUND) crashes the server │'

it.each([
  ['passed', 'without advisories', { ok: true, stdout: 'No known vulnerabilities found\n', stderr: '' }],
  ['failed', 'with an advisory about lost connections', { ok: false, stdout: report, stderr: '' }],
  ['failed', 'with an advisory after a failed attempt', { ok: false, stdout: report, stderr: 'WARN ECONNREFUSED' }],
  ['failed', 'after another error', { ok: false, stdout: '', stderr: 'Error: ERR_PNPM_AUDIT_NO_LOCKFILE' }],
  ['unanswered', 'without an answer of the registry', { ok: false, stdout: '', stderr: refused }],
])('%s %s', (verdict, _case, { ok, stdout, stderr }) => {
  expect(verdictOf({ ok, stdout, output: `${stdout}${stderr}` })).toBe(verdict)
})

it.each(['EAI_AGAIN', 'ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'])('unanswered after %s', (code) => {
  expect(verdictOf({ ok: false, stdout: '', output: `Error: ${code}` })).toBe('unanswered')
})
