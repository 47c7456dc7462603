import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryFolder {
  readonly path: string
  delete(): Promise<void>
}

const existing = new Set<string>()
process.on('exit', () => {
  for (const path of existing) deleteNow(path)
})

/** With `force`, Node stops without an error at a file that another process deletes at the same time, such as a running Postgres. */
const deleteNow = (path: string): void => {
  for (let tries = 0; tries < 10 && existsSync(path); tries += 1)
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
}

/** A new folder in the one for temporary files. It is deleted when this process exits, unless the process is killed. */
export const temporaryFolder = (): TemporaryFolder => {
  const path = mkdtempSync(join(tmpdir(), 'quadrille-bench-')) // a signal can't end the process before the next line
  existing.add(path)
  return {
    path,
    delete: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      existing.delete(path)
    },
  }
}
