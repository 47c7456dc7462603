import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryFolder {
  readonly path: string
  delete(): Promise<void>
}

const existing = new Set<string>()
process.on('exit', () => {
  for (const path of existing) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
})

/** A new folder in the one for temporary files. It is deleted when this process exits, unless the process is killed. */
export const temporaryFolder = async (): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(tmpdir(), 'quadrille-bench-'))
  existing.add(path)
  return {
    path,
    delete: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      existing.delete(path)
    },
  }
}
