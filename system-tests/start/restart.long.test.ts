/** `npm start` whose runner ends first, and after a newer version. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from '@quadrille/embedded-postgres'
import { describe, expect, test } from 'vitest'
import { untilExited } from './processes.ts'
import { queryIn, serverIn } from './server-in.ts'
import { main, newFolder, type Started, startIn, untilPrinted } from './started.ts'

const startReady = async (folder: string, args: readonly string[]): Promise<Started> => {
  const started = startIn(folder, args)
  await untilPrinted(started, 'ready')
  return started
}

describe('npm start', () => {
  test('exits when run.mjs is killed', async () => {
    const folder = newFolder()
    const runner = await startReady(folder, ['run.mjs', main])
    const mainPid = Number(readFileSync(join(folder, 'lock.pid'), 'utf8'))
    const { pid } = serverIn(folder)
    runner.child.kill('SIGKILL')
    await untilExited(mainPid)
    await untilExited(pid)
  })

  test('run.mjs passes on signals and the exit code', async () => {
    const folder = newFolder()
    const runner = await startReady(folder, ['run.mjs', main])
    const { pid } = serverIn(folder)
    runner.child.kill('SIGTERM')
    expect(await runner.exit).toBe(0)
    expect(isRunning(pid)).toBe(false)
    expect(await startIn(folder, ['run.mjs', main, '--wrong']).exit).toBe(1)
  })

  test('ends with one line when a newer version has applied a breaking migration, and starts with empty state on request', async () => {
    const folder = newFolder()
    const started = await startReady(folder, [main])
    await queryIn(folder, `insert into order_migration (name, run_on) values ('9999_breaking_everything', now())`)
    expect(await started.exit).toBe(1)
    expect(started.output()).toContain(
      'quadrille: the schema of the database is too new for this version: it has the migration 9999_breaking_everything',
    )
    await startReady(folder, [main, '--reset'])
    const applied = await queryIn(folder, `select name from order_migration where name like '9999%'`)
    expect(applied).toEqual([])
  })
})
