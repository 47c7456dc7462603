/** `npm run audit` on the folder of `npm start`, and with invalid arguments. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from '../start/started.ts'
import { runAudit } from './run-audit.ts'

const root = new URL('../../', import.meta.url).pathname

describe('the command', () => {
  test('audits the system that npm start runs in a folder, and reports if there is none', async () => {
    const DATA_DIR = newFolder()
    const nothing = {
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`No Quadrille is running in ${DATA_DIR}. Run npm start`),
    }
    expect(await runAudit([], { DATA_DIR })).toEqual(nothing)
    const started = startIn(DATA_DIR, [main])
    await untilPrinted(started, 'Quadrille is ready')
    expect(await runAudit([], { DATA_DIR })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^✓ I1: .*\(0 orders[\s\S]*\nAll 12 invariants hold \(/),
    })
    const brokerUnavailable = {
      code: 1,
      stdout: expect.stringMatching(/^✓ I1: [\s\S]*^ {4}\d+ × no answer: .*ECONNREFUSED/m),
    }
    expect(await runAudit(['--grace', '0'], { DATA_DIR, AMQP_URL: 'amqp://127.0.0.1:1' })).toMatchObject(
      brokerUnavailable,
    )
    started.child.kill('SIGTERM')
    await started.exit
    expect(await runAudit([], { DATA_DIR })).toEqual(nothing)
  })

  test('serves its results until it is stopped', async () => {
    const env = { ...process.env, DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1', AUDIT_PORT: '0' }
    const child = spawn(process.execPath, ['tools/audit/src/main.ts', '--serve'], { cwd: root, env })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line]: unknown[] = await once(child.stdout, 'data')
    const [, url = ''] = /listening on (\S+)/.exec(String(line)) ?? []
    await fetch(url, { method: 'POST' })
    const reasonOf = async () => {
      const { failure } = (await (await fetch(url)).json()) as { readonly failure: { readonly reason: string } | null }
      return failure?.reason
    }
    await expect.poll(reasonOf).toMatch(/ECONNREFUSED.*order at 127.0.0.1:1\/quadrille_order/)
    expect(await reasonOf()).not.toContain('secret')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test.for([
    [['--port'], {}, "Unknown option '--port'"],
    [['--serve'], { AUDIT_PORT: 'x' }, 'AUDIT_PORT is wrong: must be a whole number'],
    [['--serve'], { HOST: '0.0.0.0' }, 'HOST=0.0.0.0 needs AUTH=off'],
    [['--grace', 'soon'], {}, '--grace is soon; expected seconds'],
    [['--quick'], {}, "Unknown option '--quick'"],
    [
      [],
      { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1' },
      /ECONNREFUSED.*order at 127.0.0.1:1\/quadrille_order/,
    ],
  ] as const)('exits with 2 on invalid arguments or an unreachable server: %j', async ([args, env, message]) => {
    const { code, stderr } = await runAudit(args, env)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('secret')
    expect(code).toBe(2)
  })
})
