/** The console of `npm start` and the audit that it shows: processes of their own. */

import { readFileSync } from 'node:fs'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

/** The process ids of a process's children (proc(5), /proc/pid/task/tid/children). */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

/** The command of a process. Empty if it has ended. */
const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const isConsole = (pid: number): boolean => commandOf(pid).includes('console/src/main.ts')
const isAudit = (pid: number): boolean => commandOf(pid).includes('tools/audit/src/main.ts')

/** The child that this is about. A missing one must not become the process id 0, which is this process and its group. */
const theOne = (isIt: (pid: number) => boolean, parent: number): number => {
  const [found] = childrenOf(parent).filter(isIt)
  if (found === undefined) throw new Error('The process has no such child.')
  return found
}

/** Whether the audit has run, and all invariants hold. */
const isSound = async (console_: string): Promise<boolean | undefined> => {
  const headers = { 'x-quadrille-console': 'a test' }
  await fetch(`${console_}/api/audit/audit`, { method: 'POST', headers }).catch(() => undefined) // while it starts again
  const state: unknown = await fetch(`${console_}/api/audit/audit`).then((response) => response.json())
  return (state as { readonly result?: { readonly ok: boolean } | null }).result?.ok
}

test('the shop goes on when the console is killed, which starts again; the console ends when the shop is killed', async () => {
  const started = startIn(newFolder(), [main], { CONSOLE: 'on', CONSOLE_PORT: '0' })
  await untilPrinted(started, 'Press Ctrl-C to stop.')
  const [, url = ''] = /^Open (http:\S+) in a browser/m.exec(started.output()) ?? []
  const [, order = ''] = /^ +order +(http:\S+)$/m.exec(started.output()) ?? []
  expect((await fetch(`${url}/api/order/orders`)).status).toBe(200)

  await expect.poll(() => isSound(url)).toBe(true)
  process.kill(theOne(isAudit, started.pid), 'SIGKILL')
  await untilPrinted(started, 'the audit has exited (SIGKILL): it starts again in 0.5 s')
  await expect.poll(() => isSound(url)).toBe(true)
  const audit = theOne(isAudit, started.pid)

  process.kill(theOne(isConsole, started.pid), 'SIGKILL')
  await untilPrinted(started, 'the console has exited (SIGKILL): it starts again in 0.5 s')
  expect((await fetch(`${order}/orders`)).status).toBe(200)
  const again = await waitUntil(() => childrenOf(started.pid).find(isConsole))

  started.child.kill('SIGKILL')
  await waitFor(() => expect([commandOf(again), commandOf(audit)]).toEqual(['', '']))
})
