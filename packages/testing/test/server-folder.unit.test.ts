import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeServerFolder } from '../src/server-folder.ts'

const make = (): string => {
  const folder = makeServerFolder()
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('the files of servers are on the disk where memory is scarce', () => {
  const available = vi.spyOn(process, 'availableMemory').mockReturnValue(2 * 1024 ** 3)
  onTestFinished(() => available.mockRestore())
  expect(dirname(make())).toBe(tmpdir())
})

test('the folder of a process that was killed is deleted, and that of a running one is not', () => {
  const [used, { pid }] = [make(), spawnSync('true')]
  const abandoned = used.replace(`-${process.pid}-`, `-${pid}-`)
  mkdirSync(join(abandoned, 'postgres'), { recursive: true })
  make()
  expect([used, abandoned].filter(existsSync)).toEqual([used])
})
