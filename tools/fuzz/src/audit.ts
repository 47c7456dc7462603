import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Target } from './target.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The output of `npm run audit` if an invariant is violated, otherwise undefined. */
export const faultOfAudit = async ({ env }: Target): Promise<string | undefined> => {
  const child = spawn(process.execPath, ['tools/audit/src/main.ts'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [report, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return code === 0 ? undefined : report
}
