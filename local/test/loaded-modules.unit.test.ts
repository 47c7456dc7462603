/** The modules that services load at their start. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const loadedWith = (module: string): string[] => {
  const script = `await import(${JSON.stringify(import.meta.resolve(module))}); console.log(process.moduleLoadList.join())`
  const args = ['--input-type=module', '--eval', script]
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split(',')
}

const httpClient = 'NativeModule internal/deps/undici/undici'

test("Node's HTTP client, which needs 14 MB, is not loaded", () => {
  expect(loadedWith('node:http')).toContain(httpClient) // the name is still right
  expect(loadedWith('../src/definitions.ts')).not.toContain(httpClient)
})
