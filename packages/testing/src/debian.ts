/** Installs a program on a Debian machine, if that is permitted. */
import { execFile } from 'node:child_process'
import { accessSync } from 'node:fs'
import { promisify } from 'node:util'

/** True if apt-get exists and this user is root. */
export const canInstall = (): boolean => {
  if (process.getuid?.() !== 0) return false
  try {
    accessSync('/usr/bin/apt-get')
    return true
  } catch {
    return false // not Debian
  }
}

/** Installs a Debian package, and announces that first. A service in it is not started. */
export const install = async (name: string): Promise<void> => {
  process.stderr.write(`Installing ${name} for the tests: apt-get install -y --no-install-recommends ${name}\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: string[]) => promisify(execFile)('apt-get', args, { env })
  await apt('update')
  await apt('install', '-y', '--no-install-recommends', name)
}
