/** Runs the command of the audit. */
import { execFile } from 'node:child_process'

const root = new URL('../../', import.meta.url).pathname

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const runAudit = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['tools/audit/src/main.ts', ...args],
      { cwd: root, env: { ...process.env, AMQP_URL: '', ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
